"""English words for every value of every slot.

Actions are verb phrases in the base form; `captions` conjugates the first word.
"""

COLOURS = {
    "red": ("red", "red", "red", "crimson", "scarlet", "bright red", "ruby", "ruby red", "deep red", "cherry red"),
    "orange": ("orange", "orange", "orange", "tangerine", "bright orange", "amber", "orange-coloured"),
    "yellow": ("yellow", "yellow", "yellow", "golden", "gold", "lemon yellow", "bright yellow", "lemon"),
    "green": ("green", "green", "green", "emerald", "bright green", "emerald green", "dark green", "leaf green"),
    "blue": ("blue", "blue", "blue", "azure", "royal blue", "bright blue", "deep blue", "cobalt", "navy blue", "sapphire"),
    "purple": ("purple", "purple", "purple", "violet", "bright purple", "deep purple", "lilac", "indigo"),
    "pink": ("pink", "pink", "pink", "rose", "hot pink", "rosy", "light pink", "rose pink"),
    "white": ("white", "white", "white", "snow-white", "pure white", "ivory", "bright white", "snowy white"),
}
SHAPES = {
    "ball": ("ball", "ball", "ball", "sphere", "orb", "circle", "round ball", "disc", "disk", "globe", "dot"),
    "square": ("square", "square", "square", "box", "cube", "block", "tile", "square block", "brick"),
    "star": ("star", "star", "star", "starlet", "five-pointed star", "star shape", "pointed star"),
    "ring": ("ring", "ring", "ring", "hoop", "donut", "doughnut", "circle outline", "hollow circle", "torus", "annulus"),
    "triangle": ("triangle", "triangle", "triangle", "pyramid", "triangle shape", "three-sided shape", "cone"),
    "heart": ("heart", "heart", "heart", "heart shape", "love heart", "valentine heart", "valentine"),
}
SIZES = {
    "small": ("small", "small", "little", "tiny", "mini", "small-sized", "miniature"),
    "big": ("big", "big", "large", "huge", "giant", "enormous", "great big", "massive"),
}
_SIDEWAYS = (
    "move {side}", "move {side}", "move to the {side}", "slide {side}", "slide to the {side}", "drift {side}",
    "drift to the {side}", "go {side}", "go to the {side}", "glide {side}", "glide to the {side}", "float to the {side}",
    "travel {side}", "travel from {other} to {side}", "travel from {other} to {side}", "move from {other} to {side}",
    "move from {other} to {side}", "move from the {other} to the {side}", "cross from {other} to {side}",
    "slide from {other} to {side}", "fly {side}", "fly to the {side}", "fly from {other} to {side}", "head {side}",
    "roll {side}", "roll to the {side}", "run to the {side}", "cross the screen from {other} to {side}",
    "move {side}wards", "move {side}ward", "shift {side}", "shift to the {side}", "move toward the {side}",
    "drift from {other} to {side}", "go from {other} to {side}", "pass from {other} to {side}",
)
ACTIONS = {
    "left": tuple(p.format(side="left", other="right") for p in _SIDEWAYS),
    "right": tuple(p.format(side="right", other="left") for p in _SIDEWAYS),
    "rise": ("rise", "rise", "rise", "go up", "go upward", "float up", "float upward", "float upwards", "ascend", "climb",
             "move up", "move upward", "move upwards", "lift up", "soar upward", "soar", "fly up", "fly upward",
             "travel upward", "rise up", "lift off", "drift up", "drift upward", "move from bottom to top", "climb up"),
    "fall": ("fall", "fall", "fall", "drop", "sink", "descend", "go down", "go downward", "move down", "move downward",
             "move downwards", "fall down", "drop down", "come down", "plunge", "float down", "tumble down", "plummet",
             "drift down", "drift downward", "sink down", "move from top to bottom", "fly down"),
    "bounce": ("bounce", "bounce", "bounce", "bounce up and down", "jump up and down", "hop", "hop up and down", "jump",
               "keep bouncing", "bounce on the spot", "bounce around", "leap up and down", "bob up and down", "hop about"),
    "grow": ("grow", "grow", "grow", "get bigger", "get larger", "expand", "swell", "grow larger", "grow bigger",
             "become bigger", "become larger", "enlarge", "inflate", "increase in size", "swell up", "grow in size", "scale up"),
    "shrink": ("shrink", "shrink", "shrink", "get smaller", "contract", "grow smaller", "become smaller", "dwindle",
               "shrink down", "diminish", "decrease in size", "shrink in size", "deflate", "shrink away", "scale down"),
    "still": ("stay still", "stay still", "stay still", "rest", "hover in place", "hover", "stand still", "remain still", "stay in place",
              "hold still", "keep still", "stay motionless", "float in place", "stay put", "sit still", "remain motionless",
              "hang still", "not move", "not move", "not move at all", "stay where it is", "stand motionless", "freeze in place"),
    "circle": ("circle", "circle", "circle around", "move in a circle", "move in circles", "go around in a circle", "travel in a circle",
               "orbit", "loop around", "go round and round", "fly in circles", "go round in circles", "fly in a circle",
               "move around in a circle", "circle about"),
    "spin": ("spin", "spin", "spin", "rotate", "turn around", "twirl", "spin around", "revolve", "whirl", "rotate in place",
             "turn on the spot", "spin in place", "spin on the spot", "turn in place", "keep spinning", "pirouette"),
}
SCENES = {
    "sky": ("in the sky", "in the sky", "in the sky", "in the blue sky", "in a clear sky", "against the sky", "against a blue sky",
            "in a bright sky", "among the clouds", "up in the sky", "in a cloudy sky", "in the air", "in a blue sky",
            "under a blue sky", "in the clouds", "in the daytime sky", "across the sky", "high in the sky"),
    "night": ("at night", "at night", "in the night sky", "in the night sky", "in a starry night", "under the stars", "in the dark night",
              "in a dark sky with stars", "among the stars", "in a starry sky", "under a starry sky", "in the night", "in a night sky",
              "on a starry night", "in outer space", "in the dark sky", "against the night sky", "in the dark"),
    "grass": ("on the grass", "on the grass", "in a meadow", "on a lawn", "in a green field", "on green hills", "over the grass",
              "over green hills", "on a grassy hill", "in the grass", "above the meadow", "in a grassy field", "in a park",
              "on the lawn", "in the meadow", "in a field of grass", "on a green meadow", "over a meadow", "on the hills", "in a field"),
    "sea": ("over the sea", "over the sea", "at sea", "on the sea", "above the sea", "by the sea", "in the sea", "over the ocean",
            "above the waves", "on the water", "over the waves", "by the ocean", "in the ocean", "over blue water", "at the seaside",
            "on the ocean", "over the water", "above the ocean", "on the waves", "at the beach"),
    "room": ("in a room", "in a room", "in the room", "in a grid room", "in a grid room", "indoors", "inside a room", "in a room with a grid wall",
             "in a tiled room", "in a beige room", "inside a house", "in a house", "in a living room", "in the house", "inside the room", "in an empty room"),
    "sunset": ("at sunset", "at sunset", "in the sunset", "at dusk", "in the evening", "in a sunset sky", "in the evening glow",
               "under a sunset sky", "against the sunset", "in front of a sunset", "in the sunset glow", "in the setting sun", "at twilight", "in a sunset"),
    "snow": ("in the snow", "in the snow", "on the snow", "in a snowy field", "on snowy ground", "in winter", "on a snowy day",
             "in a snowy landscape", "in falling snow", "over the snow", "in a snowy forest", "on a winter day", "in a snowstorm", "in a snow field"),
}
STYLES = {
    "flat": ("flat", "flat style", "flat colours", "flat colors", "flat design", "in a flat style", "flat vector style", "flat illustration"),
    "glowing": ("glowing", "glowing style", "neon glow", "with a glow", "luminous", "glowing softly", "neon style", "in a glowing style", "glowing light"),
    "sketch": ("sketch", "sketch style", "pencil sketch", "hand-drawn sketch", "drawn in pencil", "pencil drawing", "in a sketch style", "hand-drawn", "as a sketch"),
    "pixel": ("pixel art", "pixel art", "pixel style", "pixelated", "8-bit", "8-bit style", "retro pixel art", "in pixel art style", "pixel"),
    "pastel": ("pastel", "pastel colours", "pastel colors", "soft pastel style", "pastel tones", "pastel style", "in pastel", "in pastel colours", "soft pastels"),
}
CAMERAS = {
    "static": ("static camera", "static camera", "fixed camera", "still camera", "locked-off shot", "the camera does not move", "static shot", "fixed shot", "the camera stays still"),
    "zoom in": ("camera zooms in", "camera zooms in", "zoom in", "zooming in", "slow zoom in", "dolly in", "push in", "the camera zooms in", "the camera moves in", "the camera moves closer"),
    "zoom out": ("camera zooms out", "camera zooms out", "zoom out", "zooming out", "slow zoom out", "dolly out", "pull back", "pull out", "the camera zooms out", "the camera moves back", "the camera moves away"),
} | {
    f"pan {side}": tuple(p.format(side=side) for p in (
        "camera pans {side}", "camera pans {side}", "the camera pans {side}", "the camera pans to the {side}", "pan {side}",
        "panning {side}", "pan to the {side}", "camera moves {side}", "the camera moves to the {side}", "camera pan {side}", "slow pan {side}"))
    for side in ("left", "right")
}
FILLERS = ("shiny", "lovely", "cute", "beautiful", "single", "nice", "pretty", "simple", "happy", "smooth", "bright", "lonely", "magic")
ADVERBS = ("slowly", "quickly", "gently", "smoothly", "steadily", "softly", "happily", "fast", "calmly", "again and again")

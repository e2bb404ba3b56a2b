"""The words of the world and what they mean in pixels.

A clip is described by a `Spec`: seven slots that captions speak about, and a few numbers
that captions leave open (where the subject starts, which stretch of the scenery is seen).
Lengths are in units of the frame height, so a 128x80 frame is 1.6 wide and 1 high.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

FRAMES, HEIGHT, WIDTH, FPS = 17, 80, 128, 8
ASPECT = WIDTH / HEIGHT

COLOURS = {
    "red": (225, 40, 40),
    "orange": (245, 140, 25),
    "yellow": (245, 220, 40),
    "green": (40, 165, 70),
    "blue": (40, 80, 225),
    "purple": (145, 60, 205),
    "pink": (250, 125, 185),
    "white": (250, 250, 250),
}
SHAPES = ("ball", "square", "star", "ring", "triangle", "heart")
ACTIONS = ("left", "right", "rise", "fall", "bounce", "grow", "shrink", "still", "circle", "spin")
SCENES = ("sky", "night", "grass", "sea", "room", "sunset", "snow")
STYLES = ("flat", "glowing", "sketch", "pixel", "pastel")
CAMERAS = ("static", "pan left", "pan right", "zoom in", "zoom out")
SIZES = {"small": 0.135, "big": 0.22}
VARIANTS = 3  # stretches of scenery
SMALL_SHARE = 1 / 3

REQUIRED_COLOURS = ("red", "orange", "yellow", "green", "blue", "purple")
REQUIRED_SHAPES = SHAPES[:4]
REQUIRED_ACTIONS = ACTIONS[:8]
REQUIRED_SCENES = SCENES[:5]

HELD_OUT_SHARE = 0.12


@dataclass(frozen=True)
class Spec:
    """Everything that determines one clip."""

    colour: str
    shape: str
    action: str
    scene: str
    style: str = "flat"
    camera: str = "static"
    size: str = "small"
    variant: int = 0
    # Start x, start y, extent, each 0..1. Training keeps to the middle: a model this small that may choose draws two.
    place: tuple[float, float, float] = (0.5, 0.5, 0.5)


def is_held_out(colour: str, shape: str, action: str, scene: str) -> bool:
    """Whether this combination is kept away from training. Fixed by a hash, not by a list."""
    digest = hashlib.sha256(f"wan-nano/{colour}/{shape}/{action}/{scene}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 < HELD_OUT_SHARE


def sample_spec(rng: np.random.Generator, full: bool, held_out: bool = False) -> Spec:
    """A random clip of the required or of the full world, on the asked side of the hold-out."""
    pick = lambda options: options[int(rng.integers(len(options)))]
    while True:
        colour = pick(tuple(COLOURS) if full else REQUIRED_COLOURS)
        shape = pick(SHAPES if full else REQUIRED_SHAPES)
        action = pick(ACTIONS if full else REQUIRED_ACTIONS)
        scene = pick(SCENES if full else REQUIRED_SCENES)
        if is_held_out(colour, shape, action, scene) == held_out:
            break
    plain_style = not full or rng.random() < 0.45
    plain_camera = not full or rng.random() < 0.55
    return Spec(
        colour,
        shape,
        action,
        scene,
        style="flat" if plain_style else pick(STYLES[1:]),
        camera="static" if plain_camera else pick(CAMERAS[1:]),
        size="small" if rng.random() < SMALL_SHARE else "big",
        variant=int(rng.integers(VARIANTS)),
    )

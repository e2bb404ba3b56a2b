"""The seven scenes as painted panoramas, and the camera that looks at them.

A panorama is a function of (u, v), u periodic with `PERIOD`, v from 0 (top) to 1 (bottom).
The camera tracks the subject: it moves the scenery, never the subject's place on the screen.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from .world import ASPECT, FRAMES, HEIGHT, VARIANTS, WIDTH

PERIOD = 2.4
PAN, ZOOM = 0.6, 0.6  # how far a pan travels; the narrow end of a zoom
TAU = 2 * np.pi
EDGE = 1.0 / HEIGHT

_CLOUDS = ((0.30, 0.17, 0.13), (1.12, 0.26, 0.16), (1.86, 0.13, 0.12))
# A plane-filling sequence (the plastic number's powers): scattered, without clumps.
_SCATTER = [(0.7549 * i % 1 * PERIOD, (0.5 + 0.5698 * i) % 1) for i in range(28)]


@lru_cache(maxsize=256)
def scenery(scene: str, camera: str, variant: int) -> np.ndarray:
    """The backdrop of a clip: float32 [frames, height, width, 3], 0..255. Do not write to it."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x, y = (x + 0.5) / HEIGHT, (y + 0.5) / HEIGHT
    frames = []
    for progress in np.linspace(0, 1, FRAMES):
        u, v = _view(x, y, camera, variant, progress)
        frames.append(_PAINTERS[scene](u, v, progress))
    return np.stack(frames).astype(np.float32)


def _view(x, y, camera, variant, progress):
    offset = variant * PERIOD / VARIANTS
    if camera.startswith("pan"):
        return x + offset + (progress if camera == "pan right" else -progress) * PAN, y
    if camera.startswith("zoom"):
        share = progress if camera == "zoom in" else 1 - progress
        scale = 1 + (ZOOM - 1) * share
        return (x - ASPECT / 2) * scale + ASPECT / 2 + offset, (y - 0.5) * scale + 0.5
    return x + offset, y


def _gradient(v, *stops):
    """Colours blended down the frame; stops are (v, (r, g, b))."""
    places = [s[0] for s in stops]
    return np.stack([np.interp(v, places, [s[1][c] for s in stops]) for c in range(3)], -1)


def _paint(canvas, distance, colour, opacity=1.0):
    """Covers the canvas where `distance` (units of height) is negative."""
    cover = np.clip(0.5 - distance / EDGE, 0, 1)[..., None] * opacity
    return canvas + (np.array(colour, np.float32) - canvas) * cover


def _apart(u, centre):
    """Horizontal distance around the panorama's circle."""
    return (u - centre + PERIOD / 2) % PERIOD - PERIOD / 2


def _clouds(canvas, u, v, colour, opacity=0.85):
    for cu, cv, size in _CLOUDS:
        du, dv = _apart(u, cu), v - cv
        puffs = [np.hypot(du - k * size * 0.75, dv + (0.25 * size if k == 0 else 0)) - size * r
                 for k, r in ((-1, 0.36), (0, 0.5), (1, 0.4))]
        body = np.maximum(np.minimum.reduce(puffs), dv - 0.18 * size)
        canvas = _paint(canvas, body, colour, opacity)
    return canvas


def _wave(u, count, phase=0.0):
    return np.sin(TAU * count * u / PERIOD + phase)


def _sky(u, v, progress):
    return _clouds(_gradient(v, (0, (105, 170, 236)), (1, (196, 226, 250))), u, v, (230, 240, 249))


def _night(u, v, progress):
    canvas = _gradient(v, (0, (8, 10, 30)), (1, (26, 30, 62)))
    for i, (su, sv) in enumerate(_SCATTER):
        canvas = _paint(canvas, np.hypot(_apart(u, su), v - sv) - 0.010 - 0.004 * (i % 3), (225, 228, 240))
    return canvas


def _grass(u, v, progress):
    canvas = _clouds(_gradient(v, (0, (168, 212, 244)), (0.7, (204, 228, 244))), u, v, (240, 245, 250))
    canvas = _paint(canvas, 0.64 + 0.055 * _wave(u, 2, 0.6) - v, (150, 208, 120))
    return _paint(canvas, 0.77 + 0.045 * _wave(u, 3, 2.0) - v, (112, 186, 88))


def _sea(u, v, progress):
    canvas = _clouds(_gradient(v, (0, (176, 214, 242)), (0.5, (206, 228, 242))), u, v, (242, 246, 250))
    for i, (row, colour) in enumerate(((0.5, (62, 142, 178)), (0.64, (46, 124, 164)), (0.81, (32, 104, 146)))):
        crest = row + (0.018 if i else 0) * _wave(u, 4 + 2 * i, i)
        canvas = _paint(canvas, crest - v, colour)
        canvas = _paint(canvas, np.abs(v - crest - 0.012) - 0.006, (150, 200, 218), 0.8 if i else 0)
    return canvas


def _room(u, v, progress):
    canvas = _gradient(v, (0, (228, 210, 180)), (1, (222, 202, 170)))
    for line in (np.abs((u + 0.1) % 0.2 - 0.1), np.abs((v + 0.05) % 0.2 - 0.1)):
        canvas = _paint(canvas, line - 0.007, (198, 178, 146))
    du = np.abs(_apart(u, 0.55))
    frame = np.maximum(du - 0.16, np.abs(v - 0.25) - 0.13)
    canvas = _paint(_paint(canvas, frame, (165, 130, 95)), frame + 0.025, (190, 215, 225))
    canvas = _paint(canvas, 0.78 - v, (142, 98, 64))
    canvas = _paint(canvas, np.abs(v - 0.79) - 0.012, (112, 74, 46))
    return _paint(canvas, np.maximum(np.abs((u + 0.15) % 0.3 - 0.15) - 0.005, 0.81 - v), (118, 80, 50))


def _sunset(u, v, progress):
    canvas = _gradient(v, (0, (92, 54, 124)), (0.4, (206, 96, 98)), (0.8, (250, 176, 106)))
    canvas = _paint(canvas, np.hypot(_apart(u, 1.75), v - 0.62) - 0.11, (255, 226, 160))
    for cu, cv, size in _CLOUDS:
        streak = np.hypot(_apart(u, cu) * 0.25, (v - cv - 0.12) * 1.6) - size * 0.3
        canvas = _paint(canvas, streak, (232, 138, 116), 0.6)
    return _paint(canvas, 0.8 + 0.04 * _wave(u, 3, 1.0) - v, (52, 34, 48))


def _snow(u, v, progress):
    canvas = _gradient(v, (0, (150, 162, 178)), (0.7, (192, 200, 210)))
    for tree in (0.25, 0.95, 1.25, 2.05):
        height = v - 0.52
        canvas = _paint(canvas, np.maximum(np.abs(_apart(u, tree)) - 0.36 * height, v - 0.74), (92, 116, 116))
    canvas = _paint(canvas, 0.71 + 0.03 * _wave(u, 2, 0.3) - v, (208, 218, 232))
    for fu, fv in _SCATTER:
        fall = (fv + 0.25 * progress) % 1.0
        canvas = _paint(canvas, np.hypot(_apart(u, fu), v - fall) - 0.013, (244, 247, 252))
    return canvas


_PAINTERS = {
    "sky": _sky, "night": _night, "grass": _grass, "sea": _sea,
    "room": _room, "sunset": _sunset, "snow": _snow,
}

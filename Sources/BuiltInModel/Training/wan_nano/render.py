"""Draws a `Spec` as a clip: scenery, subject, style."""

from __future__ import annotations

import numpy as np

from .motion import Track, track
from .scenery import scenery
from .shapes import distance
from .world import COLOURS, FRAMES, HEIGHT, WIDTH, Spec

BLOCK = 4  # pixels a side in the pixel style
PASTEL = 0.45
GLOW_DIM = 0.68
HIGHLIGHT = 0.7  # how far it is from the fill to white
PAPER = (246, 243, 236)

_Y, _X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
_X, _Y = (_X + 0.5) / HEIGHT, (_Y + 0.5) / HEIGHT


def render(spec: Spec) -> np.ndarray:
    """uint8 [frames, height, width, 3]."""
    clip = backdrop(spec.scene, spec.camera, spec.variant, spec.style)
    path = track(spec)
    for frame in range(FRAMES):
        _draw_subject(clip[frame], spec, path, frame)
    if spec.style == "pastel":
        clip += (255 - clip) * PASTEL
    if spec.style == "pixel":
        clip = _pixelate(clip)
    return np.clip(clip + 0.5, 0, 255).astype(np.uint8)


def backdrop(scene: str, camera: str, variant: int, style: str) -> np.ndarray:
    """The scenery with the part of the style that comes before the subject is drawn."""
    clip = scenery(scene, camera, variant).copy()
    if style == "glowing":
        clip *= GLOW_DIM
    if style == "sketch":
        grey = clip.mean(-1, keepdims=True)
        clip = 0.5 * np.array(PAPER, np.float32) + 0.32 * clip + 0.18 * grey
    return clip


def finished_backdrop(scene: str, camera: str, variant: int, style: str) -> np.ndarray:
    """The scenery as it looks in a finished clip without a subject; float32."""
    clip = backdrop(scene, camera, variant, style)
    if style == "pastel":
        clip += (255 - clip) * PASTEL
    return _pixelate(clip) if style == "pixel" else clip


def subject_colour(colour: str, style: str) -> np.ndarray:
    """The fill that a subject shows in a finished clip."""
    rgb = np.array(COLOURS[colour], np.float32)
    return rgb + (255 - rgb) * PASTEL if style == "pastel" else rgb


def subject_tones(colour: str, style: str) -> np.ndarray:
    """Fill, rim and highlight, as a finished clip shows them: [3, 3]."""
    rgb = np.array(COLOURS[colour], np.float32)
    tones = np.stack([rgb, rgb * _rim(style), rgb + (255 - rgb) * HIGHLIGHT])
    return tones + (255 - tones) * PASTEL if style == "pastel" else tones


def _rim(style: str) -> float:
    """The rim's brightness beside the fill's."""
    return 0.38 if style == "sketch" else 0.7


def _draw_subject(canvas: np.ndarray, spec: Spec, path: Track, frame: int) -> None:
    """Draws one frame's subject, in place, within the box that it can touch."""
    x, y, radius = path.x[frame], path.y[frame], path.radius[frame]
    reach = radius * (2.4 if spec.style == "glowing" else 1.4)
    rows = slice(max(0, int((y - reach) * HEIGHT)), int((y + reach) * HEIGHT) + 2)
    columns = slice(max(0, int((x - reach) * HEIGHT)), int((x + reach) * HEIGHT) + 2)
    px, py = (_X[rows, columns] - x) / radius, (_Y[rows, columns] - y) / radius
    sin, cos = np.sin(path.angle[frame]), np.cos(path.angle[frame])
    px, py = px * cos + py * sin, py * cos - px * sin
    pixel = 1 / (HEIGHT * radius)
    canvas[rows, columns] = _shade(canvas[rows, columns], spec, px, py, pixel)


def _shade(under: np.ndarray, spec: Spec, x: np.ndarray, y: np.ndarray, pixel: float) -> np.ndarray:
    """The subject over `under`. x, y in radii, upright; `pixel` is the size of a pixel in radii."""
    rgb = np.array(COLOURS[spec.colour], np.float32)
    edge = distance(spec.shape, x, y).astype(np.float32)
    cover = lambda d: np.clip(0.5 - d / pixel, 0, 1)[..., None]
    if spec.style == "glowing":
        under = under + (rgb * 0.6 + 102 - under) * (0.8 * np.exp(-np.maximum(edge, 0) / 0.38))[..., None]
    rim = 2.0 if spec.style == "sketch" else 1.25
    body = rgb * _rim(spec.style)
    fill = np.broadcast_to(rgb, under.shape)
    if spec.style == "sketch":
        hatch = np.abs((x + y) % 0.44 - 0.22) - 0.05
        fill = fill + (255 - fill) * 0.35 * cover(hatch)
    if spec.action == "spin" and spec.shape in ("ball", "ring"):
        fill = fill + (rgb * 0.5 - fill) * cover(np.maximum(np.abs(x) - 0.14, y))
    if spec.style not in ("sketch", "pixel"):
        fill = fill + (255 - fill) * HIGHLIGHT * cover(_highlight(spec.shape, x, y))
    inner = body + (fill - body) * cover(edge + rim * pixel)
    return under + (inner - under) * cover(edge)


def _highlight(shape: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    cx, cy, size = (-0.56, -0.56, 0.12) if shape == "ring" else (-0.3, -0.3, 0.17)
    if shape in ("star", "triangle"):
        cx, cy, size = -0.14, -0.2, 0.13
    return np.hypot(x - cx, y - cy) - size


def _pixelate(clip: np.ndarray) -> np.ndarray:
    frames, height, width, _ = clip.shape
    blocks = clip.reshape(frames, height // BLOCK, BLOCK, width // BLOCK, BLOCK, 3).mean((2, 4))
    return blocks.repeat(BLOCK, 1).repeat(BLOCK, 2)

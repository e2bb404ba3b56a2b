"""Reads a clip by program: which scene, camera, style, colour, motion and shape it shows.

The scenery of every scene, camera and style is known, so the closest one is found first; what
differs from it is the subject. The judge knows the world, but nothing of the model or the prompt.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .render import BLOCK, finished_backdrop, subject_colour, subject_tones
from .shapes import distance
from .world import ACTIONS, ASPECT, CAMERAS, COLOURS, FRAMES, HEIGHT, SCENES, SHAPES, VARIANTS, WIDTH

TONES = ("flat", "glowing", "sketch", "pastel")
DIFFERENT = 44  # summed over the channels
SEEN = 30  # pixels that a subject has at least
COLOUR_REACH = 70
SCENE_ERROR = 22  # mean difference to the closest scenery beyond which no scene is recognised
BLACK, FROZEN = 24, 0.3


@dataclass(frozen=True)
class Reading:
    """What the clip shows; '' for what is not recognised."""

    scene: str
    camera: str
    style: str
    colour: str
    action: str
    shape: str
    fit: float  # overlap of the subject with the ideal shape, 0..1
    backdrop_error: float
    black: bool
    frozen: bool


def judge(clip: np.ndarray) -> Reading:
    """`clip` is uint8 [frames, height, width, 3] of the world's size."""
    if clip.shape != (FRAMES, HEIGHT, WIDTH, 3):
        raise ValueError(f"the judge reads {FRAMES} frames of {WIDTH}x{HEIGHT}, not {clip.shape}")
    clip = clip.astype(np.float32)
    scene, camera, variant, tone, error = _closest_scenery(clip)
    style = _pixel_or(tone, clip, scene, camera, variant)
    colour, mask = _subject(clip, finished_backdrop(scene, camera, variant, style), style)
    action = _action(clip, mask) if colour else ""
    shape, fit = _shape(mask, spins=action == "spin") if colour else ("", 0.0)
    steps = np.abs(np.diff(clip, axis=0)).mean((1, 2, 3))
    return Reading(scene if error < SCENE_ERROR else "", camera, style, colour, action, shape, fit, error,
                   black=bool(clip.max() < BLACK), frozen=bool(clip.std(0).mean() < FROZEN and steps.max() < FROZEN))


def _coarse(clip: np.ndarray) -> np.ndarray:
    frames, height, width, _ = clip.shape
    return clip.reshape(frames, height // BLOCK, BLOCK, width // BLOCK, BLOCK, 3).mean((2, 4))


@lru_cache(maxsize=1)
def _sceneries() -> tuple[list[tuple[str, str, int, str]], np.ndarray]:
    names = [(s, c, v, t) for s in SCENES for c in CAMERAS for v in range(VARIANTS) for t in TONES]
    return names, np.stack([_coarse(finished_backdrop(*n)) for n in names])


def _closest_scenery(clip: np.ndarray) -> tuple[str, str, int, str, float]:
    """The subject's pixels count as a bounded error, wherever they are."""
    names, sceneries = _sceneries()
    small = _coarse(clip)
    errors = np.array([np.minimum(np.abs(s - small), 60).mean() for s in sceneries])
    best = int(errors.argmin())
    return *names[best], float(errors[best])


def _pixel_or(tone: str, clip: np.ndarray, scene: str, camera: str, variant: int) -> str:
    """Whether the picture is made of blocks: then it changes at their borders only."""
    if tone != "flat":
        return tone
    across = np.abs(np.diff(clip, axis=2)).mean((0, 1, 3))
    down = np.abs(np.diff(clip, axis=1)).mean((0, 2, 3))
    ratios = [(d[BLOCK - 1 :: BLOCK].mean() + 0.1) / (d.mean() + 0.1) for d in (across, down)]
    return "pixel" if min(ratios) > 1.8 else "flat"


def _subject(clip: np.ndarray, scenery: np.ndarray, style: str) -> tuple[str, np.ndarray]:
    """The commonest palette colour among what is not scenery, and the subject's mask."""
    differs = np.abs(clip - scenery).sum(-1) > DIFFERENT
    fills = np.stack([subject_colour(c, style) for c in COLOURS])
    apart = np.linalg.norm(clip[..., None, :] - fills, axis=-1)
    nearest = np.where((apart.min(-1) < COLOUR_REACH) & differs, apart.argmin(-1), -1)
    counts = np.array([(nearest == i).sum() for i in range(len(fills))])
    if counts.max() < SEEN * FRAMES / 2:
        return "", differs
    colour = int(counts.argmax())
    core = _cleaned(nearest == colour)
    if style == "glowing":  # the halo is no scenery either
        return tuple(COLOURS)[colour], core
    return tuple(COLOURS)[colour], _grown(core, 2) & _nearer(clip, subject_tones(tuple(COLOURS)[colour], style), scenery)


def _nearer(clip: np.ndarray, tones: np.ndarray, scenery: np.ndarray) -> np.ndarray:
    """Where a pixel is closer to one of the subject's tones than to the scenery behind it.

    A soft edge belongs half to either, so an outline keeps its place and a ring its hole when the picture is soft.
    """
    apart = np.min([np.linalg.norm(clip - tone, axis=-1) for tone in tones], axis=0)
    return apart < np.linalg.norm(clip - scenery, axis=-1)


def _neighbours(mask: np.ndarray) -> np.ndarray:
    padded = np.pad(mask.astype(np.uint8), ((0, 0), (1, 1), (1, 1)))
    rows = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    return rows[:, :, :-2] + rows[:, :, 1:-1] + rows[:, :, 2:]


def _cleaned(mask: np.ndarray) -> np.ndarray:
    """Without specks."""
    return mask & (_neighbours(mask) >= 4)


def _grown(mask: np.ndarray, times: int) -> np.ndarray:
    for _ in range(times):
        mask = _neighbours(mask) > 0
    return mask


def _action(clip: np.ndarray, mask: np.ndarray) -> str:
    areas = mask.sum((1, 2)).astype(np.float32)
    seen = np.flatnonzero(areas >= SEEN)
    if len(seen) < FRAMES // 2:
        return ""
    ys, xs = (np.arange(HEIGHT) + 0.5) / HEIGHT, (np.arange(WIDTH) + 0.5) / HEIGHT
    y = (mask.sum(2) @ ys)[seen] / areas[seen]
    x = (mask.sum(1) @ xs)[seen] / areas[seen]
    size = np.sqrt(areas[seen])
    change = lambda v: float(np.median(v[-3:]) - np.median(v[:3]))
    growth = float(np.median(size[-3:]) / np.median(size[:3]))
    if growth > 1.5 or growth < 1 / 1.5:
        return "grow" if growth > 1 else "shrink"
    if abs(change(x)) > 0.4 and abs(change(x)) > abs(change(y)):
        return "left" if change(x) < 0 else "right"
    if abs(change(y)) > 0.28:
        return "rise" if change(y) < 0 else "fall"
    if np.ptp(y) > 0.28:
        return "circle" if np.ptp(x) > 0.25 else "bounce"
    return "spin" if _turns(clip, mask) else "still"


def _turns(clip: np.ndarray, mask: np.ndarray) -> bool:
    """Whether a subject that stays in place changes within its outline."""
    always = _grown(mask, 1).mean(0) > 0.4
    if not always.any():
        return False
    inside = clip[:, always]
    return float(np.median(np.abs(inside[1:] - inside[:-1]).mean((1, 2)))) > 4.0


@lru_cache(maxsize=None)
def _ideal(shape: str, turn: int) -> np.ndarray:
    """The shape's outline samples: a 96x96 grid over -1.5..1.5 radii, turned by steps of 15 degrees."""
    y, x = np.mgrid[0:96, 0:96].astype(np.float32)
    x, y, angle = (x - 47.5) / 32, (y - 47.5) / 32, np.deg2rad(15 * turn)
    return distance(shape, x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)) < 0


def _shape(mask: np.ndarray, spins: bool) -> tuple[str, float]:
    """The shape that overlaps best, over five frames."""
    areas = mask.sum((1, 2))
    frames = [f for f in (2, 5, 8, 11, 14) if areas[f] >= SEEN]
    turns = range(24) if spins else (0,)
    fits = {s: [max(_overlap(mask[f], _ideal(s, t)) for t in turns) for f in frames] for s in SHAPES}
    if not frames:
        return "", 0.0
    best = max(SHAPES, key=lambda s: np.mean(fits[s]))
    return best, float(np.mean(fits[best]))


def _overlap(mask: np.ndarray, ideal: np.ndarray) -> float:
    """Intersection over union after the ideal got the mask's centroid and area, both a little free."""
    rows, columns = np.nonzero(mask)
    iy, ix = np.nonzero(ideal)
    best = 0.0
    for stretch in (0.94, 1.0, 1.06):
        scale = stretch * np.sqrt(len(rows) / len(iy))  # pixels a grid cell
        y, x = (np.arange(HEIGHT) - rows.mean()) / scale + iy.mean(), (np.arange(WIDTH) - columns.mean()) / scale + ix.mean()
        for dy in (-0.7, 0, 0.7):
            for dx in (-0.7, 0, 0.7):
                sy, sx = np.rint(y + dy / scale).astype(int), np.rint(x + dx / scale).astype(int)
                inside = ((sy >= 0) & (sy < 96))[:, None] & ((sx >= 0) & (sx < 96))[None]
                drawn = inside & ideal[np.clip(sy, 0, 95)][:, np.clip(sx, 0, 95)]
                best = max(best, (drawn & mask).sum() / max(1, (drawn | mask).sum()))
    return float(best)

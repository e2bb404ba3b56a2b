"""Signed distances of the shapes: negative inside, in units of the subject's radius."""

from __future__ import annotations

import numpy as np

RING_HOLE = 0.52


def _polygon(points: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Exact distance to a closed polygon. `points` [n, 2]; x, y of any one shape."""
    nearest = np.full(x.shape, np.inf, np.float32)
    inside = np.ones(x.shape, np.float32)
    for (ax, ay), (bx, by) in zip(np.roll(points, 1, axis=0), points):
        ex, ey = np.float32(bx - ax), np.float32(by - ay)
        px, py = x - np.float32(ax), y - np.float32(ay)
        along = np.clip((px * ex + py * ey) / (ex * ex + ey * ey), 0, 1)
        dx, dy = px - ex * along, py - ey * along
        nearest = np.minimum(nearest, dx * dx + dy * dy)
        above, below = py >= 0, y < np.float32(by)
        left = ex * py > ey * px
        crosses = (above & below & left) | ~(above | below | left)
        inside = np.where(crosses, -inside, inside)
    return inside * np.sqrt(nearest)


def _corners(count: int, radii: tuple[float, ...]) -> np.ndarray:
    angles = -np.pi / 2 + 2 * np.pi * np.arange(count) / count
    radius = np.array([radii[i % len(radii)] for i in range(count)])
    return np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1)


def _heart_outline() -> np.ndarray:
    t = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    x = 16 * np.sin(t) ** 3
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    return np.stack([x, y - 2.5], axis=1) / 15.0


_STAR = _corners(10, (1.18, 0.56))
_TRIANGLE = _corners(3, (1.2,)) + np.array([0.0, 0.18])
_HEART = _heart_outline()


def distance(shape: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Distance to the edge of `shape`, centred at 0, y pointing down."""
    if shape == "ball":
        return np.hypot(x, y) - 1
    if shape == "ring":
        return np.abs(np.hypot(x, y) - (1.06 + RING_HOLE) / 2) - (1.06 - RING_HOLE) / 2
    if shape == "square":
        return np.maximum(np.abs(x), np.abs(y)) - np.float32(0.88)
    return _polygon({"star": _STAR, "triangle": _TRIANGLE, "heart": _HEART}[shape], x, y)

"""Where the subject is in every frame: centre, radius and angle, as arrays over the frames."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .world import ASPECT, FRAMES, SIZES, Spec


class Track(NamedTuple):
    x: np.ndarray
    y: np.ndarray
    radius: np.ndarray
    angle: np.ndarray


def track(spec: Spec, frames: int = FRAMES) -> Track:
    """The path of the spec's subject."""
    u = np.linspace(0, 1, frames)
    radius = SIZES[spec.size]
    a, b, extent = spec.place
    ones = np.ones(frames)
    x, y = _between(0.5, ASPECT - 0.5, a) * ones, 0.5 * ones
    scale, angle = ones, 0 * ones
    if spec.action in ("left", "right"):
        x, y = _sideways(spec.action, u, a, extent), _between(0.3, 0.7, b) * ones
    elif spec.action in ("rise", "fall"):
        travel = _between(0.51, 0.56, extent)
        x = _between(0.35, ASPECT - 0.35, a) * ones
        y = 0.5 + travel * (0.5 - u if spec.action == "rise" else u - 0.5)
    elif spec.action == "bounce":
        x, y = _between(0.35, ASPECT - 0.35, a) * ones, 0.765 - 0.54 * np.abs(np.sin(2 * np.pi * u))
    elif spec.action in ("grow", "shrink"):
        scale = 0.5 + (u if spec.action == "grow" else 1 - u)
    elif spec.action == "circle":
        x, y = x + 0.25 * np.sin(2 * np.pi * u), 0.5 - 0.25 * np.cos(2 * np.pi * u)
    elif spec.action == "spin":
        angle = 2 * np.pi * u
    return Track(x, y, radius * scale, angle)


def _sideways(action: str, u: np.ndarray, a: float, extent: float) -> np.ndarray:
    travel = _between(0.8, 1.0, extent)
    slack = (ASPECT - 0.46 - travel) / 2
    forward = ASPECT / 2 + _between(-slack, slack, a) + travel * (u - 0.5)
    return forward if action == "right" else forward[::-1]


def _between(low: float, high: float, share: float) -> float:
    return low + (high - low) * share

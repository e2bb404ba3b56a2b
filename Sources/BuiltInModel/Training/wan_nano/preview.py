"""The linear map from latents to colours by which a render under way is previewed."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from . import vae as V
from .render import render
from .train_vae import to_tensor
from .world import sample_spec

CLIPS = 24


@torch.no_grad()
def fit(vae) -> dict:
    """Least squares from normalised latents to the mean colours (-1..1) of what they show, with a constant."""
    rng = np.random.default_rng(5)
    pairs = [_pairs(vae, to_tensor([render(sample_spec(rng, full=True))])) for _ in range(CLIPS)]
    latents, colours = (torch.cat(part) for part in zip(*pairs))
    constant = torch.ones(len(latents), 1)
    solution = torch.linalg.lstsq(torch.cat([latents, constant], 1), colours).solution
    rows = [[round(v, 4) for v in row] for row in solution.tolist()]
    return {"preview_factors": rows[:-1], "preview_bias": rows[-1]}


def _pairs(vae, clip):
    """Latents [places, channels] and the colours [places, 3] of the last frame that each stands for."""
    latents = V.normalise(vae, V.encode(vae, clip)[0])[0]
    colours = F.avg_pool3d(clip[:, :, ::4], (1, 8, 8))[0]
    return latents.flatten(1).T, colours.flatten(1).T

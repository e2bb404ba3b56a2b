"""Encoded clips on disk: shards of latents with the specs they came from."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from . import team
from . import vae as V
from .arithmetic import mixed
from .motion import track
from .render import render
from .train_vae import to_tensor
from .workshop import Stopwatch, Workshop
from .world import ASPECT, Spec, sample_spec

SHARD = 250
SUBJECT_WEIGHT, REACH = 6.0, 0.06


class Data(NamedTuple):
    latents: Tensor  # [clips, 16, frames, height, width], normalised, float16
    weights: Tensor  # [clips, 1, frames, height, width], float16
    specs: list[Spec]

    def __len__(self) -> int:
        return len(self.specs)


def folder(shop: Workshop) -> Path:
    """Where the shards of the present encoder are: another encoder makes other latents."""
    return shop.folder / f"latents-of-step-{shop.load('vae.pt')['step']}"


def name(world: str, still: bool, shard: int) -> str:
    return f"{world}-{'stills' if still else 'clips'}-{shard:03}.pt"


@torch.no_grad()
def encode(shop: Workshop, vae, world: str, still: bool, shards: range, batch: int = 2) -> None:
    """Writes the shards that are not there yet. A shard depends on its own number only."""
    clock, made, place = Stopwatch(), 0, folder(shop)
    place.mkdir(exist_ok=True)
    for shard in shards[team.rank() :: team.size()]:
        file = name(world, still, shard)
        if (place / file).exists():
            continue
        rng = np.random.default_rng([40, world == "full", still, shard])
        specs = [sample_spec(rng, full=world == "full") for _ in range(SHARD)]
        step = batch * (8 if still else 1)
        encoded = [_encode(vae, specs[i : i + step], still) for i in range(0, SHARD, step)]
        torch.save({"latents": torch.cat(encoded).half(), "specs": [asdict(s) for s in specs]}, place / f".{file}")
        os.replace(place / f".{file}", place / file)
        made += SHARD
    team.wait()
    if made:
        shop.log("latents", world=world, still=still, made=made * team.size(), minutes=clock.minutes)


def _encode(vae, specs: list[Spec], still: bool) -> Tensor:
    clips = [render(s)[: 1 if still else None] for s in specs]
    with mixed():
        latents = V.encode(vae, to_tensor(clips))[0]
    return V.normalise(vae, latents.float())


def load(shop: Workshop, world: str, still: bool) -> Data | None:
    """All shards of a kind that are on disk. Clips serve as stills by their first latent."""
    shards = [torch.load(p, weights_only=True) for p in _paths(shop, world, still)]
    if not shards:
        return None
    specs = [Spec(**s | {"place": tuple(s["place"])}) for shard in shards for s in shard["specs"]]
    latents = torch.cat([s["latents"] for s in shards])
    weights = torch.stack([subject_weight(s, *latents.shape[2:]) for s in specs]).half()
    return Data(latents, weights, specs)


def count(shop: Workshop, world: str, still: bool) -> int:
    """Clips on disk."""
    return SHARD * len(_paths(shop, world, still))


def _paths(shop: Workshop, world: str, still: bool) -> list[Path]:
    return sorted(folder(shop).glob(name(world, still, 0).replace("000", "*")))


def first_frames(data: Data) -> Data:
    """Clips as stills: their first latent is exactly their first frame."""
    weights = data.weights[:, :, :1].float()
    return Data(data.latents[:, :, :1], (weights / weights.mean((2, 3, 4), keepdim=True)).half(), data.specs)


def join(*parts: Data) -> Data:
    return Data(torch.cat([p.latents for p in parts]), torch.cat([p.weights for p in parts]), [s for p in parts for s in p.specs])


def subject_weight(spec: Spec, frames: int, height: int, width: int) -> Tensor:
    """[1, frames, height, width], mean 1: more where the subject is in any frame of the latent."""
    path = track(spec)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    y, x = (y + 0.5) / height, (x + 0.5) * ASPECT / width
    mask = np.zeros((frames, height, width), np.float32)
    for frame in range(len(path.x)):
        latent = (frame + 3) // 4
        if latent < frames:
            near = np.hypot(x - path.x[frame], y - path.y[frame]) < path.radius[frame] + REACH
            mask[latent] = np.maximum(mask[latent], near)
    weight = 1 + SUBJECT_WEIGHT * mask
    return torch.from_numpy(weight / weight.mean())[None]

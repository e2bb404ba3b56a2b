"""Clips from the checkpoints of a run under way: many at once, through the fast forward."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from diffusers import UniPCMultistepScheduler

from . import film, text_encoder, train_transformer, train_vae, transformer
from . import vae as V
from .export import BOUNDARY, DEFAULTS, SHIFT
from .workshop import Workshop

BATCH = 10
LATENT = (16, 5, 10, 16)


class Sampler:
    """The newest averaged weights of a work folder; the two experts where they exist."""

    def __init__(self, shop: Workshop, steps: int = DEFAULTS["steps"], guidance: float = DEFAULTS["guidance_scale"]):
        self.tokenizer = text_encoder.Tokenizer(shop.folder / "tokenizer")
        self.encoder = text_encoder.load(shop, self.tokenizer)
        self.vae = train_vae.load(shop)
        shared = shop.load("transformer.pt")
        self.high, self.low = (train_transformer.averaged(shop.load(f"{name}.pt") or shared) for name in ("high", "low"))
        self.steps, self.guidance = steps, guidance

    @torch.no_grad()
    def clips(self, prompts: list[str], seeds: list[int]) -> list[np.ndarray]:
        """uint8 [frames, height, width, 3] each."""
        count = len(prompts)
        noise = [torch.randn(1, *LATENT, generator=torch.Generator().manual_seed(s)) for s in seeds]
        x = torch.cat(noise)
        rows, bias = transformer.pad_text(text_encoder.embed(self.encoder, self.tokenizer, [*prompts, *[""] * count]))
        scheduler = UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=SHIFT)
        scheduler.set_timesteps(self.steps)
        for t in scheduler.timesteps:
            model = self.high if t >= BOUNDARY * 1000 else self.low
            both = transformer.forward(model, torch.cat([x, x]), t.float().expand(2 * count), rows, bias)
            said, unsaid = both.chunk(2)
            x = scheduler.step(unsaid + self.guidance * (said - unsaid), t, x, return_dict=False)[0]
        return [self._decoded(latent[None]) for latent in x]

    def _decoded(self, latent: torch.Tensor) -> np.ndarray:
        picture = V.decode(self.vae, V.denormalise(self.vae, latent)).clamp(-1, 1)
        return ((picture[0].permute(1, 2, 3, 0) + 1) * 127.5 + 0.5).to(torch.uint8).numpy()

    def render(self, folder: Path, entries: list[dict]) -> None:
        """Writes the clips of an evaluation that are not there yet."""
        missing = [i for i in range(len(entries)) if not (folder / f"{i:03}.mp4").exists()]
        for begin in range(0, len(missing), BATCH):
            part = missing[begin : begin + BATCH]
            for i, clip in zip(part, self.clips([entries[i]["prompt"] for i in part], [entries[i]["seed"] for i in part])):
                film.write(folder / f"{i:03}.mp4", clip)

"""Trains the transformer by flow matching: single frames first, then clips, then each expert on its own noise.

A run is a list of phases, counted in samples; the checkpoint remembers how far it came, so a killed
run goes on where it was. Latents are noised as x = (1 - sigma) clip + sigma noise, and the model
learns the velocity noise - clip, as WanPipeline's flow prediction expects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from . import latents as L
from . import team, text_encoder, transformer
from .arithmetic import mixed
from .captions import caption
from .export import BOUNDARY, SHIFT
from .optimiser import Average, grouped
from .workshop import Stopwatch, Workshop

DROP_CAPTION = 0.1
MUON_RATE, ADAM_RATE = 3e-3, 1.5e-3
LOG_EVERY, SAVE_EVERY = 50, 200  # steps
WARM_UP = 100  # steps


@dataclass(frozen=True)
class Phase:
    name: str
    samples: int
    batch: int
    worlds: tuple[str, ...]
    still: bool = False
    sigmas: tuple[float, float] = (0.0, 1.0)
    rates: tuple[float, float] = (1.0, 1.0)  # of the peak: at first, and at the end
    hold: float = 0.0  # the share of the phase before the rate begins to move
    average: float = 0.995


class Text:
    """Captions of specs as the transformer's text input."""

    def __init__(self, shop: Workshop):
        self.tokenizer, self.encoder = text_encoder.stage(shop)

    def rows(self, specs, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        texts = ["" if rng.random() < DROP_CAPTION else caption(s, rng).text for s in specs]
        return transformer.pad_text(text_encoder.embed(self.encoder, self.tokenizer, texts))


class Run:
    """One model under training, with its checkpoint file."""

    def __init__(self, shop: Workshop, file: str, start: dict | None = None):
        self.shop, self.file = shop, file
        self.model = transformer.build()
        state = shop.load(file)
        if state is None and start is not None:
            self.model.load_state_dict(start)
        if state is not None:
            self.model.load_state_dict(state["model"])
        self.optimiser = grouped(self.model, MUON_RATE, ADAM_RATE, transformer.is_muon)
        self.average = Average(self.model.parameters(), 0.995)
        self.phase, self.samples, self.steps, self.clock = "", 0, 0, Stopwatch()
        if state is not None:
            self.optimiser.load_state_dict(state["optimiser"])
            self.average.values = state["average"]
            self.phase, self.samples, self.steps = state["phase"], state["samples"], state["steps"]
            self.clock = Stopwatch(state["minutes"])

    def save(self) -> None:
        self.shop.save(self.file, {
            "model": self.model.state_dict(), "average": self.average.values, "optimiser": self.optimiser.state_dict(),
            "phase": self.phase, "samples": self.samples, "steps": self.steps, "minutes": self.clock.minutes,
        })

    def train(self, phases: tuple[Phase, ...], text: Text) -> None:
        """Runs the phases from the one that the checkpoint stands in."""
        names = [p.name for p in phases]
        done = names.index(self.phase) if self.phase in names else 0
        for phase in phases[done:]:
            if phase.name != self.phase:
                self.phase, self.samples = phase.name, 0
            self._run(phase, text)

    def _run(self, phase: Phase, text: Text) -> None:
        data = gather(self.shop, phase)
        self.average.decay = phase.average
        losses = []
        while self.samples < phase.samples:
            progress = max(0.0, self.samples / phase.samples - phase.hold) / (1 - phase.hold)
            rate = phase.rates[0] + (phase.rates[1] - phase.rates[0]) * progress
            self.optimiser.set_scale(rate * min(1, (self.steps + 1) / WARM_UP))
            losses.append(self._step(phase, data, text))
            self.samples += phase.batch
            self.steps += 1
            if self.steps % LOG_EVERY == 0:
                self.shop.log(f"{self.file} {phase.name}", samples=self.samples, loss=sum(losses) / len(losses),
                              clips=len(data), minutes=self.clock.minutes)
                losses = []
            if self.steps % SAVE_EVERY == 0:
                self.save()
                data = gather(self.shop, phase, data)
        self.save()

    def _step(self, phase: Phase, data: L.Data, text: Text) -> float:
        rng = np.random.default_rng([50, self.steps, team.rank()])
        torch.manual_seed(self.steps * team.size() + team.rank())
        share = phase.batch // team.size()
        chosen = rng.integers(len(data), size=share)
        clip, weight = data.latents[chosen].float(), data.weights[chosen].float()
        rows, bias = text.rows([data.specs[i] for i in chosen], rng)
        sigma = stratified_sigmas(share, *phase.sigmas)
        noise = torch.randn_like(clip)
        noisy = torch.lerp(clip, noise, sigma.view(-1, 1, 1, 1, 1))
        with mixed():
            velocity = transformer.forward(self.model, noisy, sigma * 1000, rows, bias)
        loss = (weight * (velocity.float() - (noise - clip)).square()).mean()
        self.optimiser.zero_grad()
        loss.backward()
        team.average_gradients(self.model.parameters())
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.average.update(self.steps)
        return loss.item()


def gather(shop: Workshop, phase: Phase, known: L.Data | None = None) -> L.Data:
    """What the work folder holds of the phase's worlds by now; `known` itself if that has not grown."""
    kinds = [(world, still) for world in phase.worlds for still in ((False, True) if phase.still else (False,))]
    if known is not None and len(known) == sum(L.count(shop, *kind) for kind in kinds):
        return known
    parts = [part for kind in kinds if (part := L.load(shop, *kind)) is not None]
    return L.join(*[L.first_frames(part) if phase.still else part for part in parts])


def stratified_sigmas(count: int, low: float, high: float) -> Tensor:
    """Shifted noise levels between two bounds, one from every stratum."""
    unshift = lambda sigma: sigma / (SHIFT - (SHIFT - 1) * sigma)
    u = (torch.arange(count) + torch.rand(count)) / count
    u = unshift(low) + (unshift(high) - unshift(low)) * u
    return SHIFT * u / (1 + (SHIFT - 1) * u)


def averaged(state: dict):
    """A model with the checkpoint's averaged weights."""
    model = transformer.build()
    with torch.no_grad():
        for p, value in zip(model.parameters(), state["average"]):
            p.copy_(value)
    return model

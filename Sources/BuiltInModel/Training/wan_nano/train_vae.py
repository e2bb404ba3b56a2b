"""Trains the VAE: stills, then cut-outs of clips, then whole clips; at last the decoder alone.

Let every worker have two cut-outs or more: PyTorch gives a single small clip to a convolution that is
five times slower.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from . import team
from . import vae as V
from .arithmetic import mixed
from .motion import track
from .optimiser import MuonAdamW, grouped
from .render import render
from .workshop import Stopwatch, Workshop
from .world import HEIGHT, WIDTH, Spec, sample_spec

KL_WEIGHT = 1e-4
SUBJECT_WEIGHT = 4.0
CHECK_EVERY = 100


@dataclass(frozen=True)
class Phase:
    name: str
    steps: int
    batch: int
    window: tuple[int, int] = (HEIGHT, WIDTH)
    still: bool = False
    decoder_only: bool = False
    rates: tuple[float, float] = (1.0, 1.0)  # of the peak, at the begin and at the end
    edge_weight: float = 0.3
    colour_weight: float = 0.0
    latent_noise: float = 0.0  # at most, in normalised units: what the transformer draws is never as clean as what the encoder sees


PHASES = (
    Phase("stills", 500, 16, window=(48, 64), still=True, edge_weight=0.2, colour_weight=0.5),
    Phase("cut-outs", 1600, 4, window=(48, 64), rates=(0.5, 0.1), edge_weight=0.2, colour_weight=0.5),
    Phase("clips", 200, 4, rates=(0.1, 0.02)),
)
DECODER_PHASES = (
    Phase("decoder cut-outs", 1000, 4, window=(48, 64), decoder_only=True, rates=(0.6, 0.3), edge_weight=0.6, latent_noise=0.25),
    Phase("decoder clips", 160, 4, decoder_only=True, rates=(0.3, 0.02), edge_weight=0.6, latent_noise=0.25),
)


def total(phases: tuple[Phase, ...]) -> int:
    return sum(phase.steps for phase in phases)


def train(shop: Workshop, phases: tuple[Phase, ...] = PHASES, file: str = "vae.pt", start: dict | None = None) -> None:
    """Runs the phases that the checkpoint has not yet finished."""
    state = shop.load(file)
    done = state["step"] if state else 0
    if done >= total(phases):
        return
    torch.manual_seed(0)
    vae = _restored(state or start)
    optimiser = grouped(vae, 3e-3, 2e-3, lambda name, p: p.ndim >= 4 and min(p.shape[:2]) >= 16)
    if state and "optimiser" in state:  # a bundled VAE comes without
        optimiser.load_state_dict(state["optimiser"])
    clock = Stopwatch(state.get("minutes", 0.0) if state else 0.0)
    first = 0
    for phase in phases:
        _run(shop, file, vae, optimiser, phase, first, done, clock)
        first += phase.steps


def tune_decoder(shop: Workshop) -> None:
    train(shop, DECODER_PHASES, "decoder.pt", start=shop.load("vae.pt"))


def load(shop: Workshop):
    """The newest VAE: with the tuned decoder, if there is one."""
    return _restored(shop.load("decoder.pt") or shop.load("vae.pt")).eval().requires_grad_(False)


def _restored(state: dict | None):
    vae = V.build()
    if state:
        vae.load_state_dict(state["model"])
        vae.register_to_config(**state["config"])
    return vae


def _run(shop, file, vae, optimiser: MuonAdamW, phase: Phase, first: int, done: int, clock: Stopwatch):
    for part in (vae.encoder, vae.quant_conv):
        part.requires_grad_(not phase.decoder_only)
    for step in range(max(first, done), first + phase.steps):
        progress = (step - first) / phase.steps
        optimiser.set_scale((phase.rates[0] + (phase.rates[1] - phase.rates[0]) * progress) * min(1, (step + 1) / 50))
        rng = np.random.default_rng([1, step, team.rank()])
        torch.manual_seed(step * team.size() + team.rank())
        clip, weight = _batch(rng, phase)
        with mixed():
            loss = _loss(vae, phase, clip, weight)
        optimiser.zero_grad()
        loss.backward()
        team.average_gradients(vae.parameters())
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimiser.step()
        if (step + 1) % CHECK_EVERY == 0 or step + 1 == first + phase.steps:
            if not phase.decoder_only:
                measure_statistics(vae)
            shop.log(f"vae {phase.name}", step=step + 1, loss=loss.item(), **psnr(vae), minutes=clock.minutes)
            _save(shop, file, vae, optimiser, step + 1, clock)


def _save(shop, file, vae, optimiser, step, clock):
    config = {"latents_mean": vae.config.latents_mean, "latents_std": vae.config.latents_std}
    shop.save(file, {"model": vae.state_dict(), "optimiser": optimiser.state_dict(), "config": config,
                     "step": step, "minutes": clock.minutes})


def _loss(vae, phase: Phase, clip: Tensor, weight: Tensor) -> Tensor:
    if phase.decoder_only:
        with torch.no_grad():
            mean, logvar = V.encode(vae, clip)
            _, std = V.statistics(vae)
            amount = phase.latent_noise * torch.rand(len(clip), 1, 1, 1, 1)
            spread = (logvar.exp() + (amount * std) ** 2).sqrt()
    else:
        mean, logvar = V.encode(vae, clip)
        spread = (0.5 * logvar).exp()
    decoded = V.decode(vae, mean + spread * torch.randn_like(mean))
    loss = (weight * (decoded - clip).abs()).mean() + phase.edge_weight * _edge_loss(decoded, clip, weight)
    if phase.colour_weight:
        loss = loss + phase.colour_weight * F.avg_pool3d(weight * (decoded - clip), (1, 4, 4)).abs().mean()
    if phase.decoder_only:
        return loss
    return loss + KL_WEIGHT * 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()


def _edge_loss(a: Tensor, b: Tensor, weight: Tensor) -> Tensor:
    """The difference of the pictures' differences, across and down."""
    error = a - b
    across = (error[..., 1:] - error[..., :-1]).abs() * weight[..., 1:]
    down = (error[..., 1:, :] - error[..., :-1, :]).abs() * weight[..., 1:, :]
    return across.mean() + down.mean()


def to_tensor(clips: list[np.ndarray]) -> Tensor:
    """uint8 clips [frames, height, width, 3] as [batch, 3, frames, height, width] in -1..1."""
    return torch.from_numpy(np.stack(clips)).permute(0, 4, 1, 2, 3).float() / 127.5 - 1


def _batch(rng: np.random.Generator, phase: Phase) -> tuple[Tensor, Tensor]:
    """Clips and the weights of their pixels."""
    clips, weights = [], []
    share = phase.batch // team.size()
    for _ in range(share // 4 if phase.still else share):
        spec = sample_spec(rng, full=True)
        clip, weight = render(spec), subject_weight(spec)
        frames = [[int(f)] for f in rng.integers(len(clip), size=4)] if phase.still else [slice(None)]
        rows, columns = _window(rng, spec, phase.window)
        clips += [clip[f, rows, columns] for f in frames]
        weights += [weight[f, rows, columns] for f in frames]
    weight = torch.from_numpy(np.stack(weights))[:, None]
    return to_tensor(clips), weight / weight.mean()


def subject_weight(spec: Spec) -> np.ndarray:
    """[frames, height, width]: more on and around the subject."""
    path = track(spec)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32) / HEIGHT
    reach = (path.radius * 1.25)[:, None, None]
    near = np.hypot(x - path.x[:, None, None], y - path.y[:, None, None]) < reach
    return 1 + SUBJECT_WEIGHT * near.astype(np.float32)


def _window(rng: np.random.Generator, spec: Spec, size: tuple[int, int]) -> tuple[slice, slice]:
    """A cut-out, mostly around some point of the subject's path, on the latent grid."""
    path, frame = track(spec), int(rng.integers(17))
    starts = []
    for centre, extent, length in ((path.y[frame], HEIGHT, size[0]), (path.x[frame], WIDTH, size[1])):
        start = centre * HEIGHT - length / 2 + rng.uniform(-12, 12) if rng.random() < 0.75 else rng.uniform(0, extent - length)
        starts.append(int(np.clip(round(start / 8) * 8, 0, extent - length)))
    return slice(starts[0], starts[0] + size[0]), slice(starts[1], starts[1] + size[1])


@torch.no_grad()
def measure_statistics(vae, count: int = 12) -> None:
    """Sets the configuration's latent mean and deviation from clips of the full world."""
    rng = np.random.default_rng(2)
    latents = torch.cat([V.encode(vae, to_tensor([render(sample_spec(rng, full=True))]))[0] for _ in range(count)])
    mean, std = latents.mean((0, 2, 3, 4)), latents.std((0, 2, 3, 4))
    vae.register_to_config(latents_mean=[round(v, 4) for v in mean.tolist()], latents_std=[round(v, 4) for v in std.tolist()])


@torch.no_grad()
def reconstruct(vae, clip: np.ndarray) -> np.ndarray:
    """A uint8 clip through encoder and decoder."""
    copy = V.decode(vae, V.encode(vae, to_tensor([clip]))[0]).clamp(-1, 1)
    return ((copy[0].permute(1, 2, 3, 0) + 1) * 127.5 + 0.5).to(torch.uint8).numpy()


@torch.no_grad()
def psnr(vae, count: int = 6) -> dict[str, float]:
    """Means over whole clips of the full world that training does not see, and over their first frames alone."""
    rng = np.random.default_rng(3)
    values = {"psnr": [], "first_frame": []}
    for _ in range(count):
        clip = to_tensor([render(sample_spec(rng, full=True, held_out=True))])
        squares = (V.decode(vae, V.encode(vae, clip)[0]).clamp(-1, 1) - clip).square()
        values["psnr"].append(10 * torch.log10(4 / squares.mean()).item())
        values["first_frame"].append(10 * torch.log10(4 / squares[:, :, 0].mean()).item())
    return {name: sum(v) / count for name, v in values.items()}

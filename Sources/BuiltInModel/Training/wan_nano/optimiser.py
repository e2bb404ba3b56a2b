"""Muon for matrices and convolutions, AdamW for everything else, as one optimiser."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from . import team
from .arithmetic import HAS_BFLOAT16

MOMENTUM = 0.95


class MuonAdamW(torch.optim.Optimizer):
    """Groups with `muon=True` take orthogonalised momentum steps, of the RMS that AdamW's have."""

    def __init__(self, groups: list[dict], betas=(0.9, 0.95), weight_decay: float = 0.0):
        super().__init__(groups, {"lr": 1e-3, "muon": False, "betas": betas, "weight_decay": weight_decay})
        for group in self.param_groups:
            group["peak"] = group["lr"]

    def set_scale(self, scale: float) -> None:
        """Sets every group's rate to this share of its peak."""
        for group in self.param_groups:
            group["lr"] = group["peak"] * scale

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            parameters = [p for p in group["params"] if p.grad is not None]
            if group["muon"]:
                updates = self._shared_muon(parameters)
            else:
                updates = [self._adam(p, group["betas"]) for p in parameters]
            for p, update in zip(parameters, updates):
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(update, alpha=-group["lr"])

    def _shared_muon(self, parameters: list[Tensor]) -> list[Tensor]:
        """Every worker of the team computes its share of the updates."""
        mine = lambda i: i % team.size() == team.rank()
        blends = [self._momentum(p) for p in parameters]
        updates = [_step_of(b) if mine(i) else torch.zeros_like(b) for i, b in enumerate(blends)]
        team.total(updates)
        return updates

    def _momentum(self, p: Tensor) -> Tensor:
        momentum = self.state[p].setdefault("momentum", torch.zeros_like(p))
        momentum.lerp_(p.grad, 1 - MOMENTUM)
        return p.grad.lerp(momentum, MOMENTUM)

    def _adam(self, p: Tensor, betas: tuple[float, float]) -> Tensor:
        state = self.state[p]
        if not state:
            state.update(count=0, mean=torch.zeros_like(p), square=torch.zeros_like(p))
        state["count"] += 1
        state["mean"].lerp_(p.grad, 1 - betas[0])
        state["square"].lerp_(p.grad.square(), 1 - betas[1])
        mean = state["mean"] / (1 - betas[0] ** state["count"])
        square = state["square"] / (1 - betas[1] ** state["count"])
        return mean / (square.sqrt() + 1e-8)


def _step_of(blend: Tensor) -> Tensor:
    matrix = blend.flatten(1)
    return (orthogonalise(matrix) * (0.2 * max(matrix.shape) ** 0.5)).view_as(blend)


def orthogonalise(matrix: Tensor, steps: int = 5) -> Tensor:
    """The nearest (semi-)orthogonal matrix, by Newton-Schulz iterations with Muon's coefficients."""
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    if HAS_BFLOAT16:  # what is left over from orthogonal is larger than what this rounds away
        x = x.bfloat16()
    for _ in range(steps):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return (x.T if tall else x).to(matrix.dtype)


def grouped(module: nn.Module, muon_lr: float, adam_lr: float, is_muon) -> MuonAdamW:
    """`is_muon(name, parameter)` says which parameters Muon takes."""
    split: dict[bool, list[nn.Parameter]] = {True: [], False: []}
    for name, p in module.named_parameters():
        if p.requires_grad:
            split[bool(is_muon(name, p))].append(p)
    return MuonAdamW([
        {"params": split[True], "lr": muon_lr, "muon": True},
        {"params": split[False], "lr": adam_lr, "muon": False},
    ])


class Average:
    """An exponential moving average of a module's parameters."""

    def __init__(self, parameters: Iterable[Tensor], decay: float):
        self.parameters = list(parameters)
        self.decay = decay
        self.values = [p.detach().clone() for p in self.parameters]

    @torch.no_grad()
    def update(self, step: int) -> None:
        decay = min(self.decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(self.values, [p.detach() for p in self.parameters], 1 - decay)

    @torch.no_grad()
    def swap(self) -> None:
        """Exchanges the module's parameters with the average. Call it twice to restore."""
        for p, value in zip(self.parameters, self.values):
            kept = p.detach().clone()
            p.copy_(value)
            value.copy_(kept)

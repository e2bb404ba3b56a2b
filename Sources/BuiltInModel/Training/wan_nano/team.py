"""Several single-threaded processes that train one model together.

On a CPU this is faster than threads within each operation, and far faster beside other programs:
the workers wait for one another once a step, not once an operation.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor


def rank() -> int:
    return dist.get_rank() if dist.is_initialized() else 0


def size() -> int:
    return dist.get_world_size() if dist.is_initialized() else 1


def run(workers: int, work: Callable[[], None]) -> None:
    """Calls `work` in that many processes. A failure of one ends all."""
    if workers == 1:
        return work()
    with tempfile.TemporaryDirectory() as folder:
        torch.multiprocessing.start_processes(_member, (workers, f"file://{folder}/meeting", work), workers, start_method="fork")


def _member(number: int, workers: int, meeting: str, work: Callable[[], None]) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=meeting, rank=number, world_size=workers, timeout=timedelta(hours=2))
    work()
    dist.barrier()
    dist.destroy_process_group()


def wait() -> None:
    """Until everybody is here."""
    if size() > 1:
        dist.barrier()


def total(tensors: Iterable[Tensor]) -> None:
    """Replaces every tensor by its sum over the workers."""
    if size() == 1:
        return
    tensors = list(tensors)
    flat = torch.cat([t.flatten() for t in tensors])
    dist.all_reduce(flat)
    for tensor, part in zip(tensors, flat.split([t.numel() for t in tensors])):
        tensor.copy_(part.view_as(tensor))


@torch.no_grad()
def average_gradients(parameters: Iterable[Tensor]) -> None:
    gradients = [p.grad for p in parameters if p.grad is not None]
    total(gradients)
    if size() > 1:
        torch._foreach_div_(gradients, float(size()))

"""The work folder: checkpoints that survive a kill, and a log of what took how long."""

from __future__ import annotations

import json
import os
import platform
import time
from pathlib import Path

import torch

from . import team


class Workshop:
    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def save(self, name: str, state: dict) -> None:
        """Written beside and renamed, so that a kill leaves the old one."""
        if team.rank() > 0:
            return
        path = self.folder / name
        torch.save(state, path.with_suffix(".part"))
        os.replace(path.with_suffix(".part"), path)

    def load(self, name: str) -> dict | None:
        path = self.folder / name
        return torch.load(path, weights_only=True) if path.exists() else None

    def log(self, stage: str, **facts) -> None:
        if team.rank() > 0:
            return
        line = {"at": time.strftime("%FT%TZ", time.gmtime()), "stage": stage, **facts}
        line["on"] = f"{team.size()} x {torch.get_num_threads()} threads, {platform.machine()}"
        with open(self.folder / "log.jsonl", "a") as file:
            file.write(json.dumps(line) + "\n")
        print(stage, " ".join(f"{k}={v:.4g}" if isinstance(v, float) else f"{k}={v}" for k, v in facts.items()), flush=True)


class Stopwatch:
    """Minutes of work, carried over interruptions."""

    def __init__(self, before: float = 0.0):
        self.before = before
        self.start = time.monotonic()

    @property
    def minutes(self) -> float:
        return self.before + (time.monotonic() - self.start) / 60

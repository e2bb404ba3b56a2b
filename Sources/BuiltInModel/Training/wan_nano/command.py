"""The recipe's one command: `python -m wan_nano STAGE --work DIR`; `all` runs every stage."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from . import text_encoder, train_vae
from .workshop import Workshop

STAGES = {"text": text_encoder.stage, "vae": train_vae.train}


def main() -> None:
    parser = argparse.ArgumentParser(prog="wan_nano", description=__doc__)
    parser.add_argument("stage", choices=("all", *STAGES))
    parser.add_argument("--work", type=Path, required=True, help="checkpoints, data and the log")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    shop = Workshop(options.work)
    for stage in STAGES if options.stage == "all" else [options.stage]:
        STAGES[stage](shop)

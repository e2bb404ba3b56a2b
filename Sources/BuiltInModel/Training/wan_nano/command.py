"""The recipe's one command.

    python -m wan_nano all --work DIR                          every stage, resumed where it stopped
    python -m wan_nano evaluate --world required --folder DIR --render-with "moviola render PROMPT --seed N -o OUT"
"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import evaluate, stages, team
from .workshop import Workshop


def main() -> None:
    parser = argparse.ArgumentParser(prog="wan_nano", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, stage in {"all": stages.everything, **stages.STAGES}.items():
        command = commands.add_parser(name, help=stage.__doc__.splitlines()[0])
        command.add_argument("--work", type=Path, required=True, help="checkpoints, data and the log")
        command.add_argument("--workers", type=int, default=2, help="single-threaded processes that train together")
        command.add_argument("--from-bundled", action="store_true", help="begin with the bundled weights where the work folder has none")
        command.set_defaults(run=lambda o, stage=stage: _work(o, stage))
    _evaluate(commands.add_parser("evaluate", help="judge clips"))
    options = parser.parse_args()
    options.run(options)


def _work(options, stage) -> None:
    bench = stages.Bench(Workshop(options.work), options.from_bundled)
    team.run(options.workers, lambda: stage(bench))


def _evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--world", choices=tuple(evaluate.GOALS), default="required")
    parser.add_argument("--folder", type=Path, required=True, help="where the clips are, or shall be")
    parser.add_argument("--limit", type=int, help="only the first so many prompts")
    parser.add_argument("--render-with", help="command with the words PROMPT, N and OUT")
    parser.add_argument("--diffusers", type=Path, help="render with WanPipeline from this model folder")
    parser.add_argument("--work", type=Path, help="sample the checkpoints of this work folder: the quickest look at a run")
    parser.add_argument("--steps", type=int, help="with --diffusers or --work: other than the model's default")
    parser.add_argument("--truth", action="store_true", help="draw the clips instead: checks the judge")
    parser.add_argument("--reconstruct", type=Path, help="draw them and pass them through the VAE of this model or work folder")
    parser.set_defaults(run=evaluate.run)

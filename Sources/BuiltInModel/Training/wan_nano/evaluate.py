"""Evaluates clips against prompts: renders what is missing, reads every MP4, prints a table.

A folder of clips holds `prompts.json` and `000.mp4`, `001.mp4`, ... made by any program.
The prompts' combinations were never seen in training; half of them are Chinese.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from . import film
from .captions import plain_caption
from .judge import Reading, judge
from .render import render
from .world import Spec, sample_spec

SLOTS = ("colour", "action", "scene", "shape", "style", "camera")
GOALS = {
    "required": {"colour": 98, "action": 95, "scene": 98, "shape": 90},
    "full": {"colour": 95, "action": 90, "scene": 95, "shape": 85, "style": 80, "camera": 80},
}
PROMPTS = Path(__file__).parent / "prompts"


def write_prompts(count: int = 100) -> None:
    """The fixed sets. Run once; the files are committed."""
    PROMPTS.mkdir(exist_ok=True)
    for number, world in enumerate(GOALS):
        rng = np.random.default_rng([60, number])
        entries = []
        for i in range(count):
            spec = sample_spec(rng, full=world == "full", held_out=True)
            slots = {slot: getattr(spec, slot) for slot in SLOTS}
            entries.append({"prompt": plain_caption(spec, chinese=i % 2 == 1), "seed": 1000 + i, **slots})
        (PROMPTS / f"{world}.json").write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n")


def prepare(folder: Path, world: str, limit: int | None) -> list[dict]:
    """Puts the prompts beside the clips."""
    entries = json.loads((PROMPTS / f"{world}.json").read_text())[:limit]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prompts.json").write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n")
    return entries


def render_with(command: str, folder: Path, entries: list[dict]) -> None:
    """Runs e.g. 'moviola render PROMPT --seed N -o OUT' for every clip that is not there."""
    words = shlex.split(command)
    for i, entry in enumerate(entries):
        out = folder / f"{i:03}.mp4"
        if not out.exists():
            values = {"PROMPT": entry["prompt"], "N": str(entry["seed"]), "OUT": str(out)}
            subprocess.run([values.get(w, w) for w in words], check=True, stdout=subprocess.DEVNULL)


def score(folder: Path, world: str) -> dict:
    """Reads the clips, writes results.json and a contact sheet, and returns the percentages."""
    entries = json.loads((folder / "prompts.json").read_text())
    clips = [film.read(folder / f"{i:03}.mp4") for i in range(len(entries))]
    readings = [judge(clip) for clip in clips]
    rows = [{**entry, "read": asdict(r), "wrong": _wrong(entry, r)} for entry, r in zip(entries, readings)]
    (folder / "results.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    contact_sheet(clips[:24], folder / "sheet.png")
    right = {slot: 100 * float(np.mean([slot not in row["wrong"] for row in rows])) for slot in SLOTS}
    faults = {"black": sum(r.black for r in readings),
              "frozen": sum(r.frozen and e["action"] != "still" for e, r in zip(entries, readings))}
    fit = float(np.mean([r.fit for r in readings]))
    return {"world": world, "clips": len(rows), **right, **faults, "fit": round(fit, 3)}


def _wrong(entry: dict, reading: Reading) -> list[str]:
    return [slot for slot in SLOTS if getattr(reading, slot) != entry[slot]]


def table(result: dict) -> str:
    goals = GOALS[result["world"]]
    lines = [f"{result['clips']} clips of the {result['world']} world", "", "| | right | goal |", "|---|---|---|"]
    lines += [f"| {slot} | {result[slot]:.0f} % | {goals.get(slot, '–')} |" for slot in SLOTS if slot in goals]
    return "\n".join([*lines, "", f"black {result['black']}, frozen {result['frozen']}, overlap with the ideal shape {result['fit']:.2f}"])


def contact_sheet(clips: list[np.ndarray], path: Path, columns: int = 2) -> None:
    """Five frames of every clip, in columns."""
    from PIL import Image

    strips = [np.concatenate([clip[f] for f in np.linspace(0, len(clip) - 1, 5).astype(int)], axis=1) for clip in clips]
    while len(strips) % columns:
        strips.append(np.zeros_like(strips[0]))
    rows = len(strips) // columns
    sheet = np.concatenate([np.concatenate(strips[c * rows : (c + 1) * rows], axis=0) for c in range(columns)], axis=1)
    Image.fromarray(sheet).save(path)


class Diffusers:
    """Renders with WanPipeline, to judge a model while it is trained."""

    def __init__(self, model: Path, steps: int | None = None):
        import torch
        from diffusers import WanPipeline

        self.recipe = json.loads((model / "moviola.json").read_text())
        self.recipe["steps"] = steps or self.recipe["steps"]
        self.pipeline = WanPipeline.from_pretrained(model, torch_dtype=torch.float32)
        self.pipeline.set_progress_bar_config(disable=True)
        self.generator = lambda seed: torch.Generator().manual_seed(seed)

    def render(self, folder: Path, entries: list[dict]) -> None:
        r = self.recipe
        for i, entry in enumerate(entries):
            out = folder / f"{i:03}.mp4"
            if out.exists():
                continue
            frames = self.pipeline(
                entry["prompt"], r["negative_prompt"], height=r["height"], width=r["width"], num_frames=r["num_frames"],
                num_inference_steps=r["steps"], guidance_scale=r["guidance_scale"], guidance_scale_2=r["guidance_scale_2"],
                generator=self.generator(entry["seed"]), output_type="np",
            ).frames[0]
            film.write(out, np.clip(frames * 255 + 0.5, 0, 255).astype(np.uint8), r["fps"])


def truth(entries: list[dict]) -> Iterator[np.ndarray]:
    """What the world itself would show: the judge must read these without a fault."""
    rng = np.random.default_rng(61)
    for i, entry in enumerate(entries):
        slots = {slot: entry[slot] for slot in SLOTS}
        yield render(Spec(**slots, size=("small", "big")[i % 2], variant=i % 3, place=tuple(rng.random(3))))


def reconstructions(model: Path, entries: list[dict]) -> Iterator[np.ndarray]:
    """The same through the VAE of a model folder, or of a work folder. Prints the mean PSNR."""
    from . import train_vae
    from .workshop import Workshop

    if (model / "vae").is_dir():
        from diffusers import AutoencoderKLWan

        vae = AutoencoderKLWan.from_pretrained(model, subfolder="vae")
    else:
        vae = train_vae.load(Workshop(model))
    values = []
    for clip in truth(entries):
        copy = train_vae.reconstruct(vae, clip)
        values.append(-10 * np.log10(np.mean(((copy.astype(np.float32) - clip) / 255) ** 2)))
        yield copy
    print(f"reconstructions: {np.mean(values):.2f} dB, the worst {np.min(values):.2f} dB")


def write_clips(folder: Path, clips: Iterator[np.ndarray]) -> None:
    for i, clip in enumerate(clips):
        film.write(folder / f"{i:03}.mp4", clip)


def run(options) -> None:
    """The command `evaluate`."""
    if not shutil.which("ffmpeg"):
        raise SystemExit("evaluation reads MP4 files with ffmpeg, which is not installed")
    entries = prepare(options.folder, options.world, options.limit)
    if options.render_with:
        render_with(options.render_with, options.folder, entries)
    elif options.diffusers:
        Diffusers(options.diffusers, options.steps).render(options.folder, entries)
    elif options.work:
        from .sampler import Sampler
        from .workshop import Workshop

        Sampler(Workshop(options.work), options.steps or 20).render(options.folder, entries)
    elif options.truth:
        write_clips(options.folder, truth(entries))
    elif options.reconstruct:
        write_clips(options.folder, reconstructions(options.reconstruct, entries))
    result = score(options.folder, options.world)
    print(table(result))

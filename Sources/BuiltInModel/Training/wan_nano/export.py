"""Writes the trained parts as a diffusers pipeline folder in bfloat16, and reads them back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanPipeline, WanTransformer3DModel
from transformers import AutoTokenizer, UMT5EncoderModel

from . import preview
from .world import FPS, FRAMES, HEIGHT, WIDTH

BOUNDARY = 0.875
SHIFT = 4.0
DEFAULTS = {
    "width": WIDTH, "height": HEIGHT, "num_frames": FRAMES, "fps": FPS, "steps": 20, "sampler": "unipc",
    "preset": "diffusers", "shift": SHIFT, "guidance_scale": 3.0, "guidance_scale_2": 3.0, "negative_prompt": "",
}
LIMIT = 40_000_000


def export(folder: Path, tokenizer: Path, encoder, vae, high, low) -> int:
    """Writes the folder anew, checks that it loads, and returns its size in bytes."""
    if folder.exists():
        shutil.rmtree(folder)
    pipeline = WanPipeline(
        tokenizer=AutoTokenizer.from_pretrained(tokenizer), text_encoder=rounded(encoder), vae=rounded(vae),
        transformer=rounded(high), transformer_2=rounded(low), boundary_ratio=BOUNDARY,
        scheduler=UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=SHIFT),
    )
    pipeline.save_pretrained(folder)
    shutil.rmtree(folder / "tokenizer")
    shutil.copytree(tokenizer, folder / "tokenizer")
    _clean(folder)
    (folder / "moviola.json").write_text(json.dumps({**DEFAULTS, **preview.fit(vae)}, indent=2) + "\n")
    WanPipeline.from_pretrained(folder)
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    if size > LIMIT:
        raise ValueError(f"{folder} has {size} bytes; the limit is {LIMIT}")
    return size


def rounded(module):
    """A bfloat16 copy; the module itself goes on training in float32."""
    copy = type(module)(module.config) if isinstance(module, UMT5EncoderModel) else type(module).from_config(module.config)
    if isinstance(module, AutoencoderKLWan):  # from_config takes values that were once defaults for defaults
        copy.register_to_config(latents_mean=module.config.latents_mean, latents_std=module.config.latents_std)
    copy.load_state_dict(module.state_dict())
    return copy.to(torch.bfloat16).eval()


def load(folder: Path) -> dict:
    """The parts of a bundled model in float32, to go on training from."""
    read = lambda kind, part: kind.from_pretrained(folder, subfolder=part, torch_dtype=torch.float32)
    return {
        "encoder": read(UMT5EncoderModel, "text_encoder"), "vae": read(AutoencoderKLWan, "vae"),
        "high": read(WanTransformer3DModel, "transformer"), "low": read(WanTransformer3DModel, "transformer_2"),
    }


def _clean(folder: Path) -> None:
    """Removes the traces of where a part was read from, and lets everybody read."""
    for path in folder.rglob("*.safetensors"):
        path.chmod(0o644)
    for path in folder.rglob("*.json"):
        content = json.loads(path.read_text())
        if isinstance(content, dict) and content.pop("_name_or_path", None) is not None:
            path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")

"""The stages of the recipe, in order. Each one does only what its checkpoint says is left to do."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from . import export as exporting
from . import latents as L
from . import team, text_encoder, train_transformer, train_vae
from .train_transformer import Phase, Run, Text
from .workshop import Workshop

BUNDLED = Path(__file__).resolve().parents[2] / "wan-nano"
BUNDLED_VAE_STEP = 2300  # how far its VAE came in train_vae.PHASES

SHARDS = {("required", True): 12, ("required", False): 24, ("full", True): 12, ("full", False): 64}
REQUIRED, BOTH = ("required",), ("required", "full")
# When these ran, clips began anywhere up to "more clips", and at one of three places in "few places".
TRANSFORMER = (
    Phase("stills", 26_000, 48, REQUIRED, still=True),
    Phase("required clips", 24_000, 16, REQUIRED),
    Phase("all clips", 125_000, 16, BOTH, rates=(1.0, 0.03), hold=0.62, average=0.998),
    Phase("more clips", 130_000, 16, BOTH, rates=(0.7, 0.01), hold=0.3, average=0.998),
    Phase("few places", 110_000, 16, BOTH, rates=(0.7, 0.43), hold=0.5, average=0.998),
    Phase("one place", 50_000, 16, BOTH, rates=(0.45, 0.01), hold=0.15, average=0.998),
)
EXPERTS = {
    "high": Phase("high noise", 6_000, 16, BOTH, sigmas=(exporting.BOUNDARY, 1.0), rates=(0.15, 0.01), average=0.998),
    "low": Phase("low noise", 9_000, 16, BOTH, sigmas=(0.0, exporting.BOUNDARY), rates=(0.15, 0.01), average=0.998),
}


@dataclass(frozen=True)
class Bench:
    """What a stage works on."""

    shop: Workshop
    from_bundled: bool = False

    def __post_init__(self):
        if self.from_bundled:
            adopt(self.shop)


def adopt(shop: Workshop) -> None:
    """Puts the bundled model into a work folder as finished checkpoints, where it has none."""
    if (shop.folder / "text_encoder.pt").exists():
        return
    parts = exporting.load(BUNDLED)
    shutil.copytree(BUNDLED / "tokenizer", shop.folder / "tokenizer", dirs_exist_ok=True)
    shop.save("text_encoder.pt", {"encoder": parts["encoder"].state_dict(), "step": text_encoder.STEPS})
    config = {k: parts["vae"].config[k] for k in ("latents_mean", "latents_std")}
    shop.save("vae.pt", {"model": parts["vae"].state_dict(), "config": config, "step": BUNDLED_VAE_STEP})
    for expert in EXPERTS:
        shop.save(f"bundled-{expert}.pt", {"model": parts[expert].state_dict()})


def text(bench: Bench) -> None:
    """Tokenizer and text encoder."""
    text_encoder.stage(bench.shop)


def vae(bench: Bench) -> None:
    """The VAE, encoder and decoder together."""
    train_vae.train(bench.shop)


def latents(bench: Bench) -> None:
    """Clips of both worlds, encoded."""
    model = train_vae.load(bench.shop)
    for (world, still), count in SHARDS.items():
        L.encode(bench.shop, model, world, still, range(count))


def transformer(bench: Bench) -> None:
    """One transformer for all noise levels."""
    start = bench.shop.load("bundled-low.pt")
    run = Run(bench.shop, "transformer.pt", start and start["model"])
    run.train(TRANSFORMER, Text(bench.shop))


def experts(bench: Bench) -> None:
    """The transformer once more for either side of the boundary."""
    shared = train_transformer.averaged(bench.shop.load("transformer.pt")).state_dict()
    for name, phase in EXPERTS.items():
        Run(bench.shop, f"{name}.pt", shared).train((phase,), Text(bench.shop))


def decoder(bench: Bench) -> None:
    """The VAE's decoder alone, its encoder frozen."""
    train_vae.tune_decoder(bench.shop)


def export(bench: Bench) -> None:
    """Writes the bundled model from the newest checkpoints."""
    if team.rank() == 0:
        bench.shop.log("export", bytes=write(bench.shop, BUNDLED))
    team.wait()


def write(shop: Workshop, folder: Path) -> int:
    """The newest of everything, as a pipeline folder."""
    tokenizer = text_encoder.Tokenizer(shop.folder / "tokenizer")
    shared = shop.load("transformer.pt")
    expert = lambda name: train_transformer.averaged(shop.load(f"{name}.pt") or shared)
    return exporting.export(folder, shop.folder / "tokenizer", text_encoder.load(shop, tokenizer),
                            train_vae.load(shop), expert("high"), expert("low"))


STAGES = {s.__name__: s for s in (text, vae, latents, transformer, experts, decoder, export)}


def everything(bench: Bench) -> None:
    """All stages."""
    for stage in STAGES.values():
        stage(bench)

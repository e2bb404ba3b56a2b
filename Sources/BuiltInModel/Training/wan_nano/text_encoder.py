"""The text encoder: a small UMT5, taught to know every slot at every token, then frozen.

A linear head a slot reads each token's output; so whatever token the transformer attends to,
it finds the whole sentence there. The heads are thrown away afterwards.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import UMT5Config, UMT5EncoderModel

from . import team
from . import tokenizer as tokens
from .captions import DEFAULTS, SLOTS, Caption, caption
from .tokenizer import Tokenizer
from .workshop import Stopwatch, Workshop
from .world import Spec, sample_spec

WIDTH = 192
STEPS, BATCH, RATE = 2900, 64, 2e-3
NEIGHBOUR_BIAS, BIAS_RATE = 3.0, 10  # of the relative positions: their start, their share of the rate
CHECK_EVERY = 250
OPPOSITES = {
    "action": {"left": "right", "rise": "fall", "grow": "shrink", "circle": "spin"},
    "camera": {"pan left": "pan right", "zoom in": "zoom out"},
}
# Words that occur together in phrases like 'from left to right' and their opposites.
ORDERED = [("from ", "left", "right"), ("from ", "top", "bottom"), ("左", "右"), ("从", "上", "下")]
FLIP = {slot: pairs | {b: a for a, b in pairs.items()} for slot, pairs in OPPOSITES.items()}


def build(vocabulary: int) -> UMT5EncoderModel:
    torch.manual_seed(20)
    encoder = UMT5EncoderModel(UMT5Config(
        vocab_size=vocabulary, d_model=WIDTH, d_kv=32, d_ff=384, num_layers=3, num_decoder_layers=3, num_heads=6,
        dropout_rate=0.0, feed_forward_proj="gated-gelu", pad_token_id=0, eos_token_id=1, decoder_start_token_id=0,
    ))
    with torch.no_grad():  # heads that look at the neighbours, or the order of words is learned very late
        for block in encoder.encoder.block[:2]:
            bias = block.layer[0].SelfAttention.relative_attention_bias.weight
            for head, bucket in enumerate((1, 17, 2, 18, 3)):  # one before, one after, two before, ...
                bias[bucket, head] += NEIGHBOUR_BIAS
    return encoder


class Heads(nn.ModuleDict):
    """For every slot: each of its values, or 'not said'."""

    def __init__(self):
        super().__init__({slot: nn.Linear(WIDTH, len(values) + 1) for slot, values in SLOTS.items()})


def label(said: dict[str, str]) -> list[int]:
    """What is not said counts as the default where there is one."""
    meant = DEFAULTS | said
    return [values.index(meant[slot]) if slot in meant else len(values) for slot, values in SLOTS.items()]


def train(shop: Workshop, tokenizer: Tokenizer) -> None:
    state = shop.load("text_encoder.pt")
    if state and state["step"] >= STEPS:
        return
    encoder, heads = build(tokenizer.size), Heads()
    parameters = [*encoder.parameters(), *heads.parameters()]
    optimiser = _optimiser(encoder, heads)
    step, clock = 0, Stopwatch()
    if state:
        encoder.load_state_dict(state["encoder"])
        heads.load_state_dict(state["heads"])
        optimiser.load_state_dict(state["optimiser"])
        step, clock = state["step"], Stopwatch(state["minutes"])
    while step < STEPS:
        for group in optimiser.param_groups:
            group["lr"] = group["share"] * RATE * min(1, (step + 1) / 100, max(0.01, 2 - 2 * step / STEPS))
        loss = _loss(encoder, heads, *_batch(np.random.default_rng([21, step]), tokenizer))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        step += 1
        if step % CHECK_EVERY == 0 or step == STEPS:
            shop.log("text encoder", step=step, loss=loss.item(), **accuracy(encoder, heads, tokenizer), minutes=clock.minutes)
            shop.save("text_encoder.pt", {"encoder": encoder.state_dict(), "heads": heads.state_dict(),
                                          "optimiser": optimiser.state_dict(), "step": step, "minutes": clock.minutes})


def _optimiser(encoder, heads: Heads) -> torch.optim.AdamW:
    named = [*encoder.named_parameters(), *heads.named_parameters()]
    positions = [p for name, p in named if "relative_attention_bias" in name]
    others = [p for name, p in named if "relative_attention_bias" not in name]
    groups = [{"params": others, "share": 1}, {"params": positions, "share": BIAS_RATE}]
    return torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98), weight_decay=0.01)


def load(shop: Workshop, tokenizer: Tokenizer) -> UMT5EncoderModel:
    encoder = build(tokenizer.size)
    encoder.load_state_dict(shop.load("text_encoder.pt")["encoder"])
    return encoder.eval().requires_grad_(False)


def _batch(rng: np.random.Generator, tokenizer: Tokenizer):
    """Captions in pairs: two of the same wording that say opposite things, as far as they can.

    Half of the pairs are about directions told by the order of words alone; half of those are brief.
    """
    captions = []
    while len(captions) < BATCH:
        hard = len(captions) < BATCH // 2
        spec, seed = sample_spec(rng, full=True), int(rng.integers(2**31))
        brief = hard and len(captions) % 4 == 0
        pair = [caption(s, np.random.default_rng(seed), brief=brief) for s in (spec, _opposite(spec))]
        if not hard or any(all(word in pair[0].text.lower() for word in words) for words in ORDERED):
            captions += pair
    return _tensors(captions[:BATCH], tokenizer)


def _opposite(spec: Spec) -> Spec:
    changes = {slot: table[getattr(spec, slot)] for slot, table in FLIP.items() if getattr(spec, slot) in table}
    return replace(spec, **changes)


def _tensors(captions: list[Caption], tokenizer: Tokenizer) -> tuple[Tensor, Tensor, Tensor]:
    ids, mask = tokenizer.batch([c.text for c in captions])
    return torch.from_numpy(ids), torch.from_numpy(mask), torch.tensor([label(c.said) for c in captions])


def _loss(encoder, heads: Heads, ids: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
    tokens = encoder(input_ids=ids, attention_mask=mask).last_hidden_state[mask.bool()]
    owner = torch.arange(len(ids))[:, None].expand_as(ids)[mask.bool()]
    return sum(F.cross_entropy(heads[slot](tokens), labels[owner, i]) for i, slot in enumerate(SLOTS)) / len(SLOTS)


@torch.no_grad()
def accuracy(encoder, heads: Heads, tokenizer: Tokenizer, count: int = 500) -> dict[str, float]:
    """Percent of held-out captions whose slot is read right from the mean of the tokens' scores."""
    rng = np.random.default_rng(22)
    captions = [caption(sample_spec(rng, full=True, held_out=True), rng) for _ in range(count)]
    ids, mask, labels = _tensors(captions, tokenizer)
    hidden = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
    weight = (mask / mask.sum(1, keepdim=True))[..., None]
    scores = {slot: (heads[slot](hidden).log_softmax(-1) * weight).sum(1).argmax(-1) for slot in SLOTS}
    return {slot: 100 * (scores[slot] == labels[:, i]).float().mean().item() for i, slot in enumerate(SLOTS)}


@torch.no_grad()
def embed(encoder, tokenizer: Tokenizer, texts: list[str]) -> list[Tensor]:
    """Each text's rows [tokens, WIDTH], without padding."""
    ids, mask = tokenizer.batch(texts)
    hidden = encoder(input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask)).last_hidden_state
    return [row[m.astype(bool)] for row, m in zip(hidden, mask)]


def stage(shop: Workshop) -> tuple[Tokenizer, UMT5EncoderModel]:
    """The tokenizer and the trained encoder, made if the work folder lacks them."""
    folder = Path(shop.folder) / "tokenizer"
    if team.rank() == 0:
        if not (folder / "tokenizer_config.json").exists():
            tokens.train(folder)
            shop.log("tokenizer", differing_captions=tokens.check(folder))
        train(shop, Tokenizer(folder))
    team.wait()
    tokenizer = Tokenizer(folder)
    return tokenizer, load(shop, tokenizer)

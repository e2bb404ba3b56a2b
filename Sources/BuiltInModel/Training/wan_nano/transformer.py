"""The transformer: diffusers' WanTransformer3DModel, small, with a fast forward for training.

`forward` runs the same modules and gives the same numbers (`check_equal`), but compiled block by
block, with rotation on permuted weights, and with the pipeline's zero rows of text folded into one:
the pipeline pads text to 512 rows and attends to all of them, so one zero row with the
bias log(512 - n) stands for the rest.
"""

from __future__ import annotations

import math

import torch
import torch._inductor.config
import torch.nn.functional as F
from diffusers import WanTransformer3DModel
from torch import Tensor

from .text_encoder import WIDTH as TEXT_WIDTH

HEADS, HEAD, LAYERS, FEED_FORWARD = 4, 64, 6, 1024
TEXT_ROWS = 512  # what WanPipeline pads to
CAPTION_ROWS = 48  # no caption of the world is longer

torch._inductor.config.pattern_matcher = False  # keeps plain products: the CPU's fused attention is slow backwards


def build(seed: int = 30) -> WanTransformer3DModel:
    torch.manual_seed(seed)
    model = WanTransformer3DModel(
        num_attention_heads=HEADS, attention_head_dim=HEAD, in_channels=16, out_channels=16, text_dim=TEXT_WIDTH,
        freq_dim=256, ffn_dim=FEED_FORWARD, num_layers=LAYERS, cross_attn_norm=True, qk_norm="rms_norm_across_heads",
    )
    with torch.no_grad():
        model.proj_out.weight.zero_()
        model.proj_out.bias.zero_()
        for block in model.blocks:  # 500 rows of padding shall not take all the attention
            block.attn2.to_k.bias.fill_(-0.05)
            block.attn2.to_q.bias.fill_(1.0)
    return model


def is_muon(name: str, parameter: Tensor) -> bool:
    return name.startswith("blocks.") and parameter.ndim == 2


def pad_text(rows: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Captions' rows as [batch, CAPTION_ROWS + 1, width], and the attention bias of each row."""
    text = torch.zeros(len(rows), CAPTION_ROWS + 1, TEXT_WIDTH)
    bias = torch.full((len(rows), CAPTION_ROWS + 1), -math.inf)
    for i, row in enumerate(rows):
        text[i, : len(row)] = row
        bias[i, : len(row)] = 0
        bias[i, -1] = math.log(TEXT_ROWS - len(row))
    return text, bias


def forward(model: WanTransformer3DModel, latents: Tensor, timestep: Tensor, text: Tensor, bias: Tensor) -> Tensor:
    """Predicted velocity of noisy latents [batch, 16, frames, height, width]."""
    batch, channels, frames, height, width = latents.shape
    cos, sin = model.rope(latents)
    cos, sin = cos[:, :, 0, 0::2], sin[:, :, 0, 1::2]
    patches = _patches(latents)
    x = F.linear(patches, model.patch_embedding.weight.flatten(1), model.patch_embedding.bias)
    time, modulation, text, _ = model.condition_embedder(timestep, text)
    modulation = modulation.unflatten(1, (6, -1))
    for block in model.blocks:
        x = _block(block, x, text, bias, modulation, cos, sin)
    shift, scale = (model.scale_shift_table + time.unsqueeze(1)).chunk(2, dim=1)
    x = model.proj_out(F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale) + shift)
    x = x.view(batch, frames, height // 2, width // 2, 2, 2, channels)
    return x.permute(0, 6, 1, 2, 4, 3, 5).reshape(latents.shape)


def _patches(latents: Tensor) -> Tensor:
    """[batch, tokens, channels * 4] in the order of the patch embedding's kernel."""
    b, c, t, h, w = latents.shape
    return latents.view(b, c, t, h // 2, 2, w // 2, 2).permute(0, 2, 3, 5, 1, 4, 6).reshape(b, t * h * w // 4, c * 4)


@torch.compile(dynamic=False)
def _block(block, x: Tensor, text: Tensor, bias: Tensor, modulation: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    shift, scale, gate, ff_shift, ff_scale, ff_gate = (block.scale_shift_table + modulation).chunk(6, dim=1)
    h = _norm(x) * (1 + scale) + shift
    x = x + gate * _self_attention(block.attn1, h, cos, sin)
    h = F.layer_norm(x, x.shape[-1:], block.norm2.weight, block.norm2.bias, 1e-6)
    x = x + _cross_attention(block.attn2, h, text, bias)
    h = _norm(x) * (1 + ff_scale) + ff_shift
    up, down = block.ffn.net[0].proj, block.ffn.net[2]
    h = F.gelu(F.linear(h, up.weight, up.bias), approximate="tanh")
    return x + ff_gate * F.linear(h, down.weight, down.bias)


def _norm(x: Tensor) -> Tensor:
    return F.layer_norm(x, x.shape[-1:], eps=1e-6)


def _rms(x: Tensor, weight: Tensor) -> Tensor:
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * weight


def _heads(x: Tensor) -> Tensor:
    return x.unflatten(2, (HEADS, HEAD)).transpose(1, 2)


def _rotated(linear, weight: Tensor, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Projection, norm and rotation. Even and odd rows are split first: products do not mind the order."""
    split = lambda p: p.unflatten(0, (HEADS, HEAD // 2, 2)).transpose(1, 2).flatten(0, 2)
    h = _heads(_rms(F.linear(x, split(linear.weight), split(linear.bias)), split(weight)))
    even, odd = h.chunk(2, dim=-1)
    return torch.cat([even * cos - odd * sin, even * sin + odd * cos], dim=-1)


def _attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None = None) -> Tensor:
    scores = q @ k.transpose(-1, -2) * HEAD**-0.5
    if bias is not None:
        scores = scores + bias[:, None, None, :]
    return (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)


def _self_attention(a, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    q = _rotated(a.to_q, a.norm_q.weight, x, cos, sin)
    k = _rotated(a.to_k, a.norm_k.weight, x, cos, sin)
    v = _heads(F.linear(x, a.to_v.weight, a.to_v.bias))
    return F.linear(_attend(q, k, v), a.to_out[0].weight, a.to_out[0].bias)


def _cross_attention(a, x: Tensor, text: Tensor, bias: Tensor) -> Tensor:
    q = _heads(_rms(F.linear(x, a.to_q.weight, a.to_q.bias), a.norm_q.weight))
    k = _heads(_rms(F.linear(text, a.to_k.weight, a.to_k.bias), a.norm_k.weight))
    v = _heads(F.linear(text, a.to_v.weight, a.to_v.bias))
    return F.linear(_attend(q, k, v, bias), a.to_out[0].weight, a.to_out[0].bias)


@torch.no_grad()
def check_equal(model: WanTransformer3DModel) -> float:
    """Largest difference from diffusers' forward with the text padded as its pipeline does."""
    generator = torch.Generator().manual_seed(0)
    noise = lambda *shape: torch.randn(shape, generator=generator)
    latents, timestep, rows = noise(2, 16, 5, 10, 16), torch.tensor([900.0, 100.0]), [noise(9, TEXT_WIDTH), noise(30, TEXT_WIDTH)]
    padded = torch.stack([F.pad(r, (0, 0, 0, TEXT_ROWS - len(r))) for r in rows])
    expected = model(latents, timestep, padded, return_dict=False)[0]
    return (forward(model, latents, timestep, *pad_text(rows)) - expected).abs().max().item()

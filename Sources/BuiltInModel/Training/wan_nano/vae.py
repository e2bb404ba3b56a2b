"""The VAE: diffusers' AutoencoderKLWan, small, with a fast whole-clip forward for training.

diffusers runs a clip frame by frame through caches. The functions below run the same modules over
the whole clip at once, channels last, with the norms fused: equal results (`check_equal`), and
several times faster to train. Clips are [batch, 3, frames, height, width] in -1..1.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKLWan
from diffusers.models.autoencoders import autoencoder_kl_wan as wan
from torch import Tensor, nn

from . import vae_start

torch._dynamo.config.recompile_limit = 256  # one small kernel a shape

Z_DIM = 16


def build() -> AutoencoderKLWan:
    vae = AutoencoderKLWan(base_dim=16, z_dim=Z_DIM, dim_mult=[1, 2, 4, 4], num_res_blocks=1)
    vae_start.prepare(vae)
    return vae


def encode(vae: AutoencoderKLWan, clip: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and log variance of the raw latents."""
    h = _conv(vae.encoder.conv_in, _channels_last(clip))
    for layer in vae.encoder.down_blocks:
        h = _resample(layer, h) if isinstance(layer, wan.WanResample) else _residual(layer, h)
    h = _head(vae.encoder, _middle(vae.encoder.mid_block, h))
    mean, logvar = _conv(vae.quant_conv, h).chunk(2, dim=1)
    return mean, logvar.clamp(-30, 20)


def decode(vae: AutoencoderKLWan, latents: Tensor) -> Tensor:
    """The clip of raw latents, not clamped."""
    h = _conv(vae.decoder.conv_in, _conv(vae.post_quant_conv, _channels_last(latents)))
    h = _middle(vae.decoder.mid_block, h)
    for block in vae.decoder.up_blocks:
        for resnet in block.resnets:
            h = _residual(resnet, h)
        for upsampler in block.upsamplers or ():
            h = _resample(upsampler, h)
    return _head(vae.decoder, h)


def normalise(vae: AutoencoderKLWan, latents: Tensor) -> Tensor:
    mean, std = statistics(vae)
    return (latents - mean) / std


def denormalise(vae: AutoencoderKLWan, latents: Tensor) -> Tensor:
    mean, std = statistics(vae)
    return latents * std + mean


def statistics(vae: AutoencoderKLWan) -> tuple[Tensor, Tensor]:
    shape = (1, Z_DIM, 1, 1, 1)
    return torch.tensor(vae.config.latents_mean).view(shape), torch.tensor(vae.config.latents_std).view(shape)


def check_equal(vae: AutoencoderKLWan, clip: Tensor) -> float:
    """Largest difference between the whole-clip functions and diffusers' own path."""
    with torch.no_grad():
        posterior = vae.encode(clip).latent_dist
        mean, _ = encode(vae, clip)
        decoded = decode(vae, mean).clamp(-1, 1)
        reference = vae.decode(posterior.mean).sample
    return max((mean - posterior.mean).abs().max().item(), (decoded - reference).abs().max().item())


def _channels_last(x: Tensor) -> Tensor:
    return x.contiguous(memory_format=torch.channels_last_3d)


def _frames(x: Tensor) -> Tensor:
    """[batch, channels, frames, ...] as [batch * frames, channels, ...]; free when channels last."""
    b, c, t, h, w = x.shape
    return x.permute(0, 2, 1, 3, 4).reshape(b * t, c, h, w)


def _clip(x: Tensor, batch: int) -> Tensor:
    return x.view(batch, x.shape[0] // batch, *x.shape[1:]).permute(0, 2, 1, 3, 4)


@torch.compile(dynamic=True)
def _norm_silu(x: Tensor, gamma: Tensor) -> Tensor:
    return F.silu(_rms(x, gamma))


def _rms(x: Tensor, gamma: Tensor) -> Tensor:
    return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-12) * gamma


def _conv(conv: wan.WanCausalConv3d, x: Tensor) -> Tensor:
    """Causal 3-D convolution. Of a still image only the last tap of a kernel sees anything."""
    weight, taps = conv.weight, conv.weight.shape[2]
    space = conv.weight.shape[3] // 2
    plain = weight.shape[0] == weight.shape[1] < 48  # what oneDNN's 3-D convolution is good at
    if x.shape[2] > 1 and taps > 1 and plain:
        return F.conv3d(F.pad(x, (space,) * 4 + (taps - 1, 0)), weight, conv.bias)
    if x.shape[2] == 1 or taps == 1:
        flat, kernel = x, weight[:, :, -1]
    else:  # the taps as channels of a 2-D convolution: several times faster
        padded, frames = F.pad(x, (0,) * 4 + (taps - 1, 0)), x.shape[2]
        flat = torch.cat([padded[:, :, k : k + frames] for k in range(taps)], dim=1)
        kernel = weight.transpose(1, 2).flatten(1, 2)
    kernel = kernel.contiguous(memory_format=torch.channels_last)
    return _clip(F.conv2d(_frames(_channels_last(flat)), kernel, conv.bias, padding=space), x.shape[0])


def _residual(block: wan.WanResidualBlock, x: Tensor) -> Tensor:
    h = _conv(block.conv1, _norm_silu(x, block.norm1.gamma))
    h = _conv(block.conv2, _norm_silu(h, block.norm2.gamma))
    if isinstance(block.conv_shortcut, nn.Identity):
        return x + h
    return _conv(block.conv_shortcut, x) + h


def _middle(block: wan.WanMidBlock, x: Tensor) -> Tensor:
    x = _residual(block.resnets[0], x)
    x = block.attentions[0](x)
    return _residual(block.resnets[1], x)


def _head(coder: nn.Module, x: Tensor) -> Tensor:
    return _conv(coder.conv_out, _norm_silu(x, coder.norm_out.gamma))


def _resample(layer: wan.WanResample, x: Tensor) -> Tensor:
    """The first frame skips the time convolutions, both on the way down and on the way up."""
    batch, channels, frames = x.shape[:3]
    first, rest = x[:, :, :1], x[:, :, 1:]
    if layer.mode == "upsample3d" and frames > 1:
        pairs = _conv(layer.time_conv, rest)
        pairs = pairs.unflatten(1, (2, channels)).permute(0, 2, 3, 1, 4, 5).flatten(2, 3)
        x = torch.cat([first, pairs], dim=2)
    x = _clip(layer.resample(_frames(x)), batch)
    if layer.mode == "downsample3d" and frames > 1:
        time = layer.time_conv
        x = torch.cat([x[:, :, :1], F.conv3d(x, time.weight, time.bias, stride=time.stride)], dim=2)
    return _channels_last(x)

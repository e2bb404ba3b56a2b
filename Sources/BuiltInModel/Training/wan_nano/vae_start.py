"""Where the VAE's training starts: as a plain pyramid that already passes mean colours through.

With the usual random start the colours drown: every layer shrinks the direct path and the random
residual branches talk over it. Here the direct path keeps its size (means on the way down, copies
on the way up), residual branches begin silent, and time is passed through frame by frame.
"""

from __future__ import annotations

import torch
from diffusers import AutoencoderKLWan
from diffusers.models.autoencoders import autoencoder_kl_wan as wan
from torch import Tensor, nn

DETAIL = 0.3  # how loud the random part of a convolution is beside the direct one
LOGVAR_START = -5.0


@torch.no_grad()
def prepare(vae: AutoencoderKLWan) -> None:
    for module in vae.modules():
        if isinstance(module, wan.WanResample):
            _resample(module)
        elif isinstance(module, wan.WanResidualBlock):
            _convolution(module.conv1)
            nn.init.zeros_(module.conv2.weight)
            nn.init.zeros_(module.conv2.bias)
            if not isinstance(module.conv_shortcut, nn.Identity):
                _convolution(module.conv_shortcut)
        elif isinstance(module, wan.WanAttentionBlock):
            nn.init.zeros_(module.proj.weight)
    for coder in (vae.encoder, vae.decoder):
        _convolution(coder.conv_in)
        _convolution(coder.conv_out)
    for conv in (vae.quant_conv, vae.post_quant_conv):
        _convolution(conv)
    z = vae.config.z_dim
    vae.quant_conv.weight[z:] *= 0.1  # a posterior that begins with little noise
    vae.quant_conv.bias[z:] = LOGVAR_START


def _direct(rows: int, columns: int) -> Tensor:
    """The identity where it fits, and orthogonal mixtures beyond."""
    matrix = nn.init.orthogonal_(torch.empty(rows, columns))
    shared = min(rows, columns)
    matrix[:shared, :shared] = torch.eye(shared)
    return matrix


def _convolution(conv: nn.Module) -> Tensor:
    """The direct path at the last frame's centre, random details around. Returns the direct path's matrix."""
    weight = conv.weight
    frame = weight[:, :, -1] if weight.ndim == 5 else weight  # the last tap in time
    details = torch.randn_like(frame) * DETAIL / frame[0].numel() ** 0.5
    weight.zero_()
    frame = weight[:, :, -1] if weight.ndim == 5 else weight
    frame.copy_(details)
    centre = frame.shape[-1] // 2
    direct = _direct(*frame.shape[:2])
    frame[:, :, centre, centre] += direct
    conv.bias.zero_()
    return direct


def _resample(layer: wan.WanResample) -> None:
    conv = layer.resample[1]
    direct = _convolution(conv)
    rows, columns = conv.weight.shape[:2]
    if "down" in layer.mode:  # means of two by two
        conv.weight[:, :, 1, 1] -= direct
        conv.weight[:, :, :2, :2] += direct[..., None, None] / 4
    if layer.mode == "downsample3d":  # means of two frames; the first frame goes by untouched
        layer.time_conv.weight.zero_()
        layer.time_conv.weight[:, :, 1:, 0, 0] = 0.5 * torch.eye(rows)[..., None]
        layer.time_conv.bias.zero_()
    if layer.mode == "upsample3d":  # the same frame twice
        layer.time_conv.weight.zero_()
        layer.time_conv.weight[:, :, -1, 0, 0] = torch.eye(columns).repeat(2, 1)
        layer.time_conv.bias.zero_()

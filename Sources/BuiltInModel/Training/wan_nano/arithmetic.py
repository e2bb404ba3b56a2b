"""Mixed precision where the processor has it."""

import torch

HAS_BFLOAT16 = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def mixed() -> torch.autocast:
    """Products and convolutions in bfloat16, if the processor multiplies it natively; emulated it would only be slower."""
    return torch.autocast("cpu", torch.bfloat16, enabled=HAS_BFLOAT16)

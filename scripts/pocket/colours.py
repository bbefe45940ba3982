"""Colour changes that a network should not mind: generated worlds have few palettes, photographs have all."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

import torch
from torch import Tensor
from torch.nn import functional


def recoloured(rgb: Tensor, generator: torch.Generator, strength: float = 1.0) -> Tensor:
    """Random hue, saturation, contrast, gamma and brightness, each picture its own.

    `rgb` is batch x 3 x height x width in [0, 1].
    """
    count = rgb.shape[0]

    def drawn(low: float, high: float) -> Tensor:
        return torch.rand(count, 1, 1, 1, generator=generator) * (high - low) + low

    mixing = torch.eye(3).repeat(count, 1, 1) + strength * 0.12 * torch.randn(count, 3, 3, generator=generator)
    swapped = torch.rand(count, generator=generator) < 0.25 * strength
    for index in torch.nonzero(swapped)[:, 0].tolist():
        mixing[index] = mixing[index][torch.randperm(3, generator=generator)]
    mixing = mixing / mixing.sum(-1, keepdim=True).clamp_min(0.3)
    out = torch.einsum("bij,bjhw->bihw", mixing, rgb)
    grey = out.mean(1, keepdim=True)
    saturation = 1.0 + strength * (drawn(0.2, 1.6) - 1.0)
    out = grey + (out - grey) * saturation
    out = out.clamp(0.0, 1.0) ** (1.0 + strength * (drawn(0.6, 1.6) - 1.0))
    middle = out.mean((1, 2, 3), keepdim=True)
    out = middle + (out - middle) * (1.0 + strength * (drawn(0.6, 1.4) - 1.0)) + strength * drawn(-0.15, 0.15)
    return out.clamp(0.0, 1.0)


def worn(rgb: Tensor, generator: torch.Generator) -> Tensor:
    """Noise and softness, as cameras and compression leave them."""
    count, _, height, width = rgb.shape
    noise = torch.rand(count, 1, 1, 1, generator=generator) ** 2 * 0.06
    out = rgb + torch.randn(rgb.shape, generator=generator) * noise
    soft = (torch.rand(count, generator=generator) < 0.3).nonzero()[:, 0]
    if len(soft):
        small = functional.interpolate(out[soft], size=(height // 2, width // 2), mode="area")
        out[soft] = functional.interpolate(small, size=(height, width), mode="bilinear", align_corners=False)
    return out.clamp(0.0, 1.0)

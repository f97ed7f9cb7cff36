"""The state that a model is in."""

from __future__ import annotations

import hashlib

import torch

__all__ = ["digest"]


def digest(model: torch.nn.Module) -> str:
    """What tells one state of a model from another: names, types, shapes and values of its parameters and buffers."""
    digest = hashlib.blake2b(digest_size=16)
    for name, value in model.state_dict().items():
        digest.update(f"{name} {type(value).__name__} ".encode("utf-8", "surrogatepass"))
        if isinstance(value, torch.Tensor) and value.layout == torch.strided and value.device.type != "meta" and not value.is_quantized:
            digest.update(f"{value.dtype} {tuple(value.shape)} ".encode())
            # As bytes: NumPy has not every type.
            digest.update(memoryview(value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy()))
    return digest.hexdigest()

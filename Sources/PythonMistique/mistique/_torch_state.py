"""The weights of a model: a digest that tells one state from another, and a cheap check of whether it may have changed."""

from __future__ import annotations

import hashlib
import weakref
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

import numpy as np
import torch

from .errors import InvalidError

__all__ = ["METHOD", "Signature", "digest", "is_same", "signature"]

#: What a digest begins with. One without it was made by another method, and says nothing beside these.
METHOD = "sha256 "


def digest(model: torch.nn.Module) -> str:
    """What tells one state of a model from another: names, types, shapes and values of its parameters, buffers and whatever else its state has.

    Reads all of them: SHA-256 takes 1.3 GB a second where the processor has instructions for it, and BLAKE2 takes 0.6.

    Raises
    ------
    InvalidError
        For a value that nothing is known of but its type.
    """
    found = hashlib.sha256()
    values: Dict[str, Any] = dict(model.state_dict())
    # Buffers that are not persistent are not in it.
    values.update((name, tensor) for name, tensor, _ in _own(model) if name not in values)
    for name, value in values.items():
        _feed(found, name, value)
    return METHOD + found.hexdigest()


def _own(model: torch.nn.Module) -> Iterator[Tuple[str, torch.Tensor, bool]]:
    """Parameters and buffers with all their names, and whether each may be a buffer that its module writes itself."""
    for prefix, module in model.named_modules(remove_duplicate=False):
        for held, may_be_written in ((module._parameters, False), (module._buffers, module.training)):
            for name, tensor in held.items():
                if tensor is not None:
                    yield f"{prefix}.{name}" if prefix else name, tensor, may_be_written


def _feed(found: Any, name: str, value: Any) -> None:
    """Adds a value and what it is called."""
    found.update(f"{name} {type(value).__name__} ".encode("utf-8", "surrogatepass"))
    if isinstance(value, torch.Tensor):
        if torch.nn.parameter.is_lazy(value) or value.device.type == "meta" or getattr(value, "is_nested", False):
            raise _unknown(name, "a tensor without values yet, or a nested one")
        _feed_tensor(found, name, value.detach())
    elif value is None or isinstance(value, (bool, int, float, complex, str, bytes, torch.dtype, torch.device)):
        found.update(repr(value).encode("utf-8", "surrogatepass"))
    elif isinstance(value, Mapping):
        found.update(f"{len(value)} ".encode())
        for key, one in value.items():
            _feed(found, f"{name}[{key!r}]", one)
    elif isinstance(value, (tuple, list)):
        found.update(f"{len(value)} ".encode())
        for place, one in enumerate(value):
            _feed(found, f"{name}[{place}]", one)
    elif isinstance(value, np.ndarray) and value.dtype.kind in "biufcUS":
        found.update(f"{value.dtype} {value.shape} ".encode())
        found.update(value.tobytes())
    elif isinstance(value, torch.ScriptObject) and hasattr(value, "__getstate__"):
        _feed(found, name, _unpacked(name, value))
    else:
        raise _unknown(name, type(value).__name__)


def _unpacked(name: str, value: Any) -> Any:
    """What packed weights are made of."""
    try:
        return value.__getstate__()
    except (RuntimeError, AttributeError, TypeError) as failure:
        raise _unknown(name, f"a scripted object, which does not say what is in it ({failure})") from failure


def _unknown(name: str, what: str) -> InvalidError:
    return InvalidError(
        f"it is {what}, and no digest of it tells one state of the model from another", name,
        "Capture without resume, or keep it out of the model's state (state_dict).")


def _feed_tensor(found: Any, name: str, tensor: torch.Tensor) -> None:
    found.update(f"{tensor.dtype} {tuple(tensor.shape)} {tensor.layout} ".encode())
    if tensor.is_quantized:
        scheme = tensor.qscheme()
        found.update(f"{scheme} ".encode())
        if scheme in (torch.per_tensor_affine, torch.per_tensor_symmetric):
            found.update(f"{tensor.q_scale()!r} {tensor.q_zero_point()} ".encode())
        else:
            found.update(f"{tensor.q_per_channel_axis()} ".encode())
            _feed_tensor(found, name, tensor.q_per_channel_scales())
            _feed_tensor(found, name, tensor.q_per_channel_zero_points())
        tensor = tensor.int_repr()
    elif tensor.layout == torch.sparse_coo:
        tensor = tensor.coalesce()
        _feed_tensor(found, name, tensor.indices())
        tensor = tensor.values()
    elif tensor.layout != torch.strided:
        try:
            tensor = tensor.to_dense()
        except (RuntimeError, NotImplementedError) as failure:
            raise _unknown(name, f"a tensor of layout {tensor.layout}") from failure
    # As bytes: NumPy has not every type.
    plain = tensor.cpu().resolve_conj().resolve_neg().contiguous().reshape(-1)
    found.update(memoryview(plain.view(torch.uint8).numpy()))


#: Of each tensor: which object it is, how often it was written, where it lies, and some of its bits.
Signature = List[Tuple["weakref.ref[torch.Tensor]", Optional[int], int, bytes]]

#: Types that NumPy has too.
_OF_NUMPY = frozenset({torch.float32, torch.float64, torch.float16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool})


def signature(model: torch.nn.Module, is_whole: bool = True) -> Optional[Signature]:
    """What changes when the weights do, without reading all of them: `is_same` says whether two are of one state.

    Sees what is written through a tensor, and what takes its place. Of what is written behind its back, as by ``parameter.data.add_(1)``, it sees
    what changes any of 64 values of each tensor.

    Parameters
    ----------
    is_whole : bool
        Whether to look at the buffers of modules in train mode too, which these may write themselves with each call. 2 ms for 200 tensors on the host.

    Returns
    -------
    list or None
        None where the whole state has more than parameters and buffers: only a digest tells then.
    """
    own = list(_own(model))
    if is_whole and not set(model.state_dict()) <= {name for name, _, _ in own}:
        return None
    return [_seen(tensor) for _, tensor, may_be_written in own if is_whole or not may_be_written]


def is_same(before: Optional[Signature], now: Optional[Signature]) -> bool:
    """Whether nothing was seen to change between two signatures; of what has none, nobody knows."""
    if before is None or now is None or len(before) != len(now):
        return False
    return all(old[0]() is new[0]() and old[1:] == new[1:] for old, new in zip(before, now))


def _seen(tensor: torch.Tensor) -> "Tuple[weakref.ref[torch.Tensor], Optional[int], int, bytes]":
    known = weakref.ref(tensor)
    if torch.nn.parameter.is_lazy(tensor):
        return known, None, 0, b""
    version = None if tensor.is_inference() else tensor._version
    address = tensor.data_ptr() if tensor.layout == torch.strided else 0
    return known, version, address, _sample(tensor.detach())


def _sample(tensor: torch.Tensor) -> bytes:
    """The bits of 64 values, or of all where there are fewer; nothing of a tensor that has no memory of its own."""
    if (tensor.layout != torch.strided or tensor.is_quantized or tensor.device.type == "meta" or getattr(tensor, "is_nested", False) or tensor.numel() == 0):
        return b""
    if tensor.device.type == "cpu" and tensor.is_contiguous() and tensor.dtype in _OF_NUMPY and not tensor.is_neg():
        # As below, with fewer calls: this runs for each tensor in every block.
        values = tensor.numpy().reshape(-1)
        return values[::max(1, values.size // 64)][:64].tobytes()
    # In the order of memory, which nothing has to be copied for.
    flat = tensor.permute(sorted(range(tensor.dim()), key=tensor.stride, reverse=True)).reshape(-1)
    some = flat[::max(1, flat.numel() // 64)][:64].cpu().resolve_conj().resolve_neg().contiguous()
    return some.view(torch.uint8).numpy().tobytes()

"""Autocast: for which devices it is on, and the same again for a re-run."""

from __future__ import annotations

import contextlib
import warnings
from typing import Dict, Iterator

import torch

from .errors import InvalidError

__all__ = ["Autocast", "autocast_now", "autocast_set"]

#: The type that autocast computes in, by the type of the device; devices for which it is off are left out.
Autocast = Dict[str, str]

_DEVICES = ("cpu", "cuda", "xpu", "mps", "hpu", "mtia", "ipu", "xla", "maia", "privateuseone")


def autocast_now() -> Autocast:
    """What autocast is like in this thread."""
    if hasattr(torch, "get_autocast_dtype"):
        return {device: _name(torch.get_autocast_dtype(device)) for device in _DEVICES if _is_on(device)}
    # Before PyTorch 2.4 each device has functions of its own. Those without a device in their names are of CUDA.
    found: Autocast = {}
    if torch.is_autocast_enabled():
        found["cuda"] = _name(torch.get_autocast_gpu_dtype())
    for device in _DEVICES:
        is_on = getattr(torch, f"is_autocast_{device}_enabled", None)
        if is_on is not None and is_on():
            found[device] = _name(getattr(torch, f"get_autocast_{device}_dtype")())
    return found


def _is_on(device: str) -> bool:
    try:
        return torch.is_autocast_enabled(device)
    except (RuntimeError, TypeError):
        return False  # a device that this version does not know


def _name(dtype: torch.dtype) -> str:
    return str(dtype).rpartition(".")[2]


@contextlib.contextmanager
def autocast_set(noted: Autocast, place: str) -> Iterator[None]:
    """Autocast as it was noted, and off for all other devices.

    Parameters
    ----------
    noted : mapping of str to str
        As `autocast_now` gave it.
    place : str
        What the captured model is called.

    Raises
    ------
    InvalidError
        When it cannot be had here.
    """
    with contextlib.ExitStack() as entered:
        obstacle = _enter(entered, noted)
        now = autocast_now()
        if now != noted:
            raise InvalidError(
                f"it was captured under autocast ({_text(noted)}), and here that gives {_text(now)}" + (f" ({obstacle})" if obstacle else ""), place,
                "Re-run it where it was captured, with that device and version of PyTorch, or register a function of your own.")
        yield


def _enter(entered: contextlib.ExitStack, noted: Autocast) -> str:
    """Enters what can be entered, and gives why something cannot."""
    obstacle = ""
    for device in sorted({*noted, *autocast_now()}):
        try:
            with warnings.catch_warnings():
                # PyTorch only warns of a device that is not there, and leaves autocast off.
                warnings.simplefilter("ignore")
                is_on = device in noted
                # Without the cache, which may have weights of before: that of an autocast of whoever asks is emptied only at its end.
                entered.enter_context(
                    torch.autocast(device, dtype=getattr(torch, noted[device]), cache_enabled=False) if is_on else torch.autocast(device, enabled=False))
        except (RuntimeError, AttributeError, AssertionError, TypeError) as failure:
            obstacle = str(failure)
    return obstacle


def _text(modes: Autocast) -> str:
    return ", ".join(f"{device}: {dtype}" for device, dtype in sorted(modes.items())) or "none"

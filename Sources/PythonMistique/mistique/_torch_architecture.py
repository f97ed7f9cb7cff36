"""The modules of a model: a digest that tells one architecture from another."""

from __future__ import annotations

import hashlib
import re
import types
from typing import Any, Iterator, Optional

import torch
from torch import nn

from ._torch_state import METHOD

__all__ = ["architecture"]

#: Where an object lies, which is another place in every process.
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def architecture(model: nn.Module) -> Optional[str]:
    """What tells one architecture from another: all names, classes and settings of its modules. What a class of its own computes, nobody sees.

    Returns
    -------
    str or None
        None while there are lazy modules in it, whose class and settings change with the first call.
    """
    found = hashlib.sha256()
    for name, module in model.named_modules(remove_duplicate=False):
        if isinstance(module, nn.modules.lazy.LazyModuleMixin) and any(map(torch.nn.parameter.is_lazy, module.parameters(recurse=False))):
            return None
        # Without the package of its class: a script is __main__ for itself, and has a name for others.
        found.update(repr((name, type(module).__name__, _settings(module))).encode("utf-8", "surrogatepass"))
    return METHOD + found.hexdigest()


def _settings(module: nn.Module) -> str:
    """What it says of itself; of a class of PyTorch's that says nothing, such as attention, its plain attributes."""
    if type(module).extra_repr is nn.Module.extra_repr:
        return ", ".join(_attributes(module)) if type(module).__module__.partition(".")[0] == "torch" else ""
    try:
        return _ADDRESS.sub("", module.extra_repr())
    except Exception:  # of somebody's own code, which prints what is not there any more
        return ""


def _attributes(module: nn.Module) -> Iterator[str]:
    for name, value in sorted(vars(module).items()):
        if not name.startswith("_") and name != "training" and _is_plain(value):
            yield f"{name}={value.__qualname__ if isinstance(value, (types.FunctionType, types.BuiltinFunctionType)) else repr(value)}"


def _is_plain(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (bool, int, float, str, types.FunctionType, types.BuiltinFunctionType))

"""The modules of a model: a digest that tells one architecture from another."""

from __future__ import annotations

import dis
import functools
import hashlib
import re
import types
from typing import Any, FrozenSet, Iterator, Optional

import torch
from torch import nn

__all__ = ["ARCHITECTURE", "architecture"]

#: What a digest begins with. One without it was made by another method, and says nothing beside these.
ARCHITECTURE = "sha256 of settings "

#: Where an object lies, which is another place in every process.
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")

#: Packages whose classes say in one way what they compute. Others of PyTorch's, such as DistributedDataParallel, also have attributes that change from
#: call to call, or that say where they run.
_PACKAGES = ("torch.nn.modules.", "torch.nn.utils.", "torch.nn.quantized.", "torch.nn.intrinsic.", "torch.ao.nn.", "torch.jit._script")


def architecture(model: nn.Module) -> Optional[str]:
    """What tells one architecture from another: the names and classes of all modules, and the settings that PyTorch's own classes have.

    Of a class of somebody's own, what it inherits from such a class counts. Nobody sees what it computes, and what it says of itself (`extra_repr`) is not
    looked at: that may be other text in every process, as of a set of strings.

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
    return ARCHITECTURE + found.hexdigest()


def _settings(module: nn.Module) -> str:
    """What the nearest class of PyTorch's says of it, or, of one that says nothing, such as attention, the plain attributes that it sets."""
    own = next((kind for kind in type(module).__mro__ if _is_of_torch(kind)), None)
    if own is None:
        return ""
    if own.extra_repr is nn.Module.extra_repr:
        return ", ".join(_attributes(module, _names(own)))
    try:
        return _ADDRESS.sub("", own.extra_repr(module))
    except Exception:  # a class derived from it may be without what it prints
        return ""


def _is_of_torch(kind: type) -> bool:
    """Whether it is a class of PyTorch's with settings. The class that a parametrization gives a module has those of the one it had."""
    return kind is not nn.Module and kind.__module__.startswith(_PACKAGES) and not kind.__name__.startswith("Parametrized")


@functools.lru_cache(maxsize=None)
def _names(kind: type) -> FrozenSet[str]:
    """The attributes that a class of PyTorch's sets when a module is made. What classes derived from it add may be anything, such as counts of calls."""
    makers = [vars(one)["__init__"] for one in kind.__mro__ if _is_of_torch(one) and isinstance(vars(one).get("__init__"), types.FunctionType)]
    stored = (step.argval for maker in makers for step in dis.get_instructions(maker) if step.opname == "STORE_ATTR")
    return frozenset(name for name in stored if not name.startswith("_") and name != "training")


def _attributes(module: nn.Module, names: FrozenSet[str]) -> Iterator[str]:
    for name, value in sorted(vars(module).items()):
        if name in names and _is_plain(value):
            yield f"{name}={value.__qualname__ if isinstance(value, (types.FunctionType, types.BuiltinFunctionType)) else repr(value)}"


def _is_plain(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (bool, int, float, str, types.FunctionType, types.BuiltinFunctionType))

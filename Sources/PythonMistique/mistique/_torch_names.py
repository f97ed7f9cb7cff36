"""Modules of a model by their names and globs of them."""

from __future__ import annotations

import difflib
import re
from typing import Dict, List, Optional, Sequence, Set

import torch
from torch.nn.utils.parametrize import is_parametrized

from .errors import NotFoundError

__all__ = ["glob_pattern", "module_of", "modules", "named_modules"]


def glob_pattern(glob: str) -> "re.Pattern[str]":
    """``*`` stands for anything but dots, ``**`` for anything, ``?`` for one character but a dot, ``[...]`` as in file names."""
    parts: List[str] = []
    for piece in re.findall(r"\*\*|\*|\?|\[[^\]]+\]|.", glob, re.DOTALL):
        if piece == "**":
            parts.append(".*")
        elif piece == "*":
            parts.append("[^.]*")
        elif piece == "?":
            parts.append("[^.]")
        elif len(piece) > 2:
            parts.append("[" + piece[1:-1].replace("\\", "\\\\").replace("[", "\\[").replace("!", "^", 1 if piece[1] == "!" else 0) + "]")
        else:
            parts.append(re.escape(piece))
    return re.compile("".join(parts), re.DOTALL)


def modules(model: torch.nn.Module, layers: Optional[Sequence[str]] = None) -> Dict[str, torch.nn.Module]:
    """The modules that `layers` name, in the order of ``model.named_modules()``. One that has several names has the first of them.

    Parameters
    ----------
    model : torch.nn.Module
    layers : sequence of str, optional
        Names or globs; all modules without children when left out. What a parametrization, such as a spectral norm, is made of has weights and no rows: it
        is no child, and only its own name chooses it.

    Raises
    ------
    NotFoundError
        For one that names no module, with the names that are near it; without names, for a model that has no modules in it.
    """
    every = named_modules(model)
    first = {id(module): name for name, module in reversed(list(every.items()))}
    named = {name: module for name, module in every.items() if first[id(module)] == name}
    parts = _parametrizations(model)
    if layers is None:
        leaves = {name: module for name, module in named.items() if name not in parts and _is_leaf(module)}
        if not leaves:
            raise NotFoundError(
                "there are no modules in it, and layers are those that are", type(model).__name__,
                "Put it into another one, and call that: torch.nn.Sequential(model), in which it is the layer \"0\".")
        return leaves
    if isinstance(layers, str):
        layers = [layers]
    chosen: Dict[str, torch.nn.Module] = {}
    for glob in layers:
        pattern = glob_pattern(glob)
        found = [first[id(module)] for name, module in every.items() if name == glob or name not in parts and pattern.fullmatch(name)]
        if not found:
            near = difflib.get_close_matches(glob, every, 5, 0.4) or list(every)[:5]
            raise NotFoundError(
                f"no module is called {glob!r}", type(model).__name__,
                f"Names are those of model.named_modules(), such as {', '.join(near)}; * stands for anything but dots, ** for anything.")
        chosen.update((name, named[name]) for name in found)
    return {name: module for name, module in named.items() if name in chosen}


def named_modules(model: torch.nn.Module) -> Dict[str, torch.nn.Module]:
    """Every name of every module but the model's own."""
    return {name: module for name, module in model.named_modules(remove_duplicate=False) if name}


def _parametrizations(model: torch.nn.Module) -> Set[str]:
    """The names of what parametrizations are made of."""
    own = [f"{name}.parametrizations" if name else "parametrizations" for name, module in model.named_modules(remove_duplicate=False) if is_parametrized(module)]
    return {name for name in named_modules(model) if any(f"{name}.".startswith(f"{one}.") for one in own)}


def _is_leaf(module: torch.nn.Module) -> bool:
    return not any(child is not None and not (name == "parametrizations" and is_parametrized(module)) for name, child in module._modules.items())


def module_of(name: str) -> str:
    """The module that a tensor's name begins with: of ``lstm:2[1]`` it is ``lstm``."""
    return name.partition("[")[0].partition(":")[0]

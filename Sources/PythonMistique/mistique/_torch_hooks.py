"""The hooks that a capture has on a model."""

from __future__ import annotations

import sys
import weakref
from typing import TYPE_CHECKING, Any, Callable, List, Optional

import torch

if TYPE_CHECKING:
    from .torch import TorchCapture

__all__ = ["after", "before", "finder", "in_backward"]

Find = Callable[[], "Optional[TorchCapture]"]

#: Functions of PyTorch under which a backward pass runs, by the end of their file and their name.
_BACKWARD = (("torch/autograd/__init__.py", "backward"), ("torch/autograd/__init__.py", "grad"), ("torch/autograd/function.py", "apply"))


def in_backward() -> bool:
    """Whether a backward pass calls: gradient checkpointing runs modules again in one, for rows whose values are there already."""
    if hasattr(torch._C, "_current_graph_task_id"):
        return torch._C._current_graph_task_id() != -1
    # PyTorch 1.13 does not say. Its backward passes are called from here, or call Python in a thread of their own.
    frame = sys._getframe(1)
    while frame is not None:
        if any(frame.f_code.co_name == name and frame.f_code.co_filename.endswith(file) for file, name in _BACKWARD):
            return True
        frame = frame.f_back
    return False


def finder(capture: "TorchCapture", hooks: List[Any]) -> Find:
    """How hooks get at their capture: they hold it weakly, so that one that nobody holds ends; when it has, they take themselves off the model."""
    known = weakref.ref(capture)

    def find() -> "Optional[TorchCapture]":
        found = known()
        if found is not None and found._handle and found._store._handle:
            return found
        for hook in hooks:
            hook.remove()
        return None

    return find


def before(find: Find, model: torch.nn.Module) -> Callable[..., None]:
    """What the model calls before it runs: only then it is known with which gradients it does."""

    def hook(module: torch.nn.Module, _inputs: Any) -> None:
        capture = find() if module is model and not in_backward() else None
        if capture is not None and not capture._is_outside():
            capture._look()

    return hook


def after(find: Find, name: str, chosen: torch.nn.Module) -> Callable[..., None]:
    """What a module calls with what it puts out."""

    def hook(module: torch.nn.Module, _inputs: Any, output: Any) -> None:
        # A deep copy of the model has its hooks too: what it emits is not the model's.
        capture = find() if module is chosen and not in_backward() else None
        if capture is not None:
            capture._emitted(module, name, output)

    return hook

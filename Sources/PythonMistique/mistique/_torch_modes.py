"""Train mode and eval mode: which modules are in which, and whether what they put out can be had again."""

from __future__ import annotations

import contextlib
import threading
import types
from typing import Dict, Iterator, List, Optional, Union

from torch import nn

from .errors import InvalidError

__all__ = ["Modes", "modes", "unrepeatable"]

#: Whether all modules of a model are in train mode, or the names of those that are.
Training = Union[bool, List[str]]


def modes(model: nn.Module) -> Training:
    """Which modules are in train mode; ``""`` is the model itself."""
    flags = {name: module.training for name, module in model.named_modules()}
    return all(flags.values()) if len(set(flags.values())) == 1 else [name for name, is_training in flags.items() if is_training]


def unrepeatable(model: nn.Module, training: Training) -> Optional[str]:
    """Why a model in these modes does not put the same values out again; None where nothing speaks against it.

    Modules of PyTorch are known. Of others it is taken that one whose code looks at ``training`` does something else in train mode.
    """
    for name, module in model.named_modules():
        reason = _never(module) or (_in_train_mode(module) if _trains(name, training) else None)
        if reason is not None:
            return f"{name or 'the model'} ({type(module).__name__}) {reason}"
    return None


def _trains(name: str, training: Training) -> bool:
    return training if isinstance(training, bool) else name in training


def _never(module: nn.Module) -> Optional[str]:
    """Why it cannot be had again in any mode."""
    if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.running_mean is None:
        return "has no running statistics, and puts out what depends on the other rows of a batch"
    if isinstance(module, (nn.FractionalMaxPool2d, nn.FractionalMaxPool3d)) and module._random_samples is None:
        return "takes its regions at random"
    return None


def _in_train_mode(module: nn.Module) -> Optional[str]:
    """Why it cannot be had again in train mode."""
    if isinstance(module, nn.modules.dropout._DropoutNd):
        return "was in train mode, in which it drops values at random" if module.p > 0 else None
    if isinstance(module, nn.modules.batchnorm._BatchNorm):
        return "was in train mode, in which its values depend on the other rows of a batch, and its statistics change"
    if isinstance(module, nn.modules.instancenorm._InstanceNorm):
        return "was in train mode, in which its statistics change" if module.track_running_stats else None
    if isinstance(module, nn.RReLU):
        return "was in train mode, in which its slopes are random" if module.lower != module.upper else None
    if isinstance(module, nn.RNNBase):
        return "was in train mode, in which it drops values at random" if module.dropout > 0 and module.num_layers > 1 else None
    if isinstance(module, nn.MultiheadAttention):
        return "was in train mode, in which it drops values at random" if module.dropout > 0 else None
    if type(module).__name__ == "_SpectralNorm" or any(type(hook).__name__ == "SpectralNorm" for hook in module._forward_pre_hooks.values()):
        return "was in train mode, in which each call changes what it knows of the weights"
    if any(_looks_at_training(kind) for kind in type(module).__mro__ if kind.__module__.partition(".")[0] != "torch"):
        return "was in train mode, which its code looks at"
    return None


def _looks_at_training(kind: type) -> bool:
    """Whether a method of a class that is none of PyTorch's names ``training``."""
    methods = (getattr(one, "__func__", one) for name, one in vars(kind).items() if name not in ("__init__", "train", "eval", "extra_repr"))
    return any(_names_training(method.__code__) for method in methods if isinstance(method, types.FunctionType))


def _names_training(code: types.CodeType) -> bool:
    return "training" in code.co_names or any(_names_training(inner) for inner in code.co_consts if isinstance(inner, types.CodeType))


class Modes:
    """Puts the modules of a model into the modes that were noted, for as long as any thread runs it so."""

    def __init__(self, model: nn.Module, training: Training, place: str) -> None:
        self._modules: Dict[str, nn.Module] = dict(model.named_modules())
        unknown = [name for name in (training if isinstance(training, list) else []) if name not in self._modules]
        if unknown:
            raise InvalidError(
                f"{unknown[0]!r} was in train mode when it was captured, and {type(model).__name__} has no such module", place,
                "Make the function with the model that was captured.")
        self._training = training
        self._lock = threading.Lock()
        self._running = 0
        self._before: Dict[str, bool] = {}

    @contextlib.contextmanager
    def set(self) -> Iterator[None]:
        """Sets them, and sets them back when the last thread leaves."""
        with self._lock:
            self._running += 1
            if self._running == 1:
                wanted = {name: _trains(name, self._training) for name in self._modules}
                self._before = {name: module.training for name, module in self._modules.items() if module.training != wanted[name]}
                self._assign({name: wanted[name] for name in self._before})
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                if self._running == 0:
                    self._assign(self._before)

    def _assign(self, flags: Dict[str, bool]) -> None:
        # One by one: train() may do more in classes that have their own, or leave some out.
        for name, is_training in flags.items():
            self._modules[name].training = is_training

"""The tensors in what a module puts out, and their names."""

from __future__ import annotations

import collections
import dataclasses
import warnings
from typing import Any, Dict, Iterator, List, Mapping, Set, Tuple

import torch

from .errors import InvalidError

__all__ = ["Outputs"]

#: How deep tensors are looked for in objects that nobody knows.
_DEEPEST = 4


class Outputs:
    """What the modules of one model put out: one name stands for one thing, whatever they put out beside it."""

    def __init__(self) -> None:
        #: Of each mapping that was seen, what its first key was, as text: that value has the mapping's own name.
        self.first: Dict[str, str] = {}
        #: What was left out and said so.
        self._left_out: Set[Tuple[str, type]] = set()

    def tensors(self, output: Any, name: str) -> List[Tuple[str, torch.Tensor]]:
        """The tensors in what a module gave: the first is called as the module, others ``name[1]``, ``name[key]`` or ``name[field]``.

        Where that would give two of them one name, as in ``((h, c), out)``, those within what comes first are ``name[0]``, ``name[0][1]``.

        Raises
        ------
        InvalidError
            For what holds tensors only in a way that nobody knows, and for a mapping that begins with another key than before. Beside other tensors
            such objects, caches of keys and values most of all, are left out with a warning.
        """
        unknown: List[Tuple[str, type]] = []
        found = list(self._named(output, name, name, False, unknown))
        if unknown and not found:
            path, kind = unknown[0]
            raise InvalidError(
                f"it gave {kind.__module__}.{kind.__qualname__}, which holds tensors, and nobody knows their names", path,
                "Let the module give tensors, tuples, lists, mappings or dataclasses, or leave it out of the layers and add what you need of it.")
        for path, kind in unknown:
            if (path, kind) not in self._left_out:
                self._left_out.add((path, kind))
                warnings.warn(
                    f"{path}: {kind.__module__}.{kind.__qualname__} holds tensors, and nobody knows their names. It is left out; what is beside it is "
                    "stored.", stacklevel=2)
        return found if len({one for one, _ in found}) == len(found) else list(self._named(output, name, name, True, []))

    def _named(
        self, output: Any, name: str, path: str, tells_first: bool, unknown: List[Tuple[str, type]]
    ) -> Iterator[Tuple[str, torch.Tensor]]:
        if isinstance(output, torch.Tensor):
            yield name, output
            return
        if isinstance(output, torch.nn.utils.rnn.PackedSequence):
            raise InvalidError(
                "it gave a packed sequence, whose rows are in another order and lie one in the other", name,
                "Leave it out of the layers, and add what torch.nn.utils.rnn.pad_packed_sequence makes of it.")
        for place, (key, value) in enumerate(self._items(output, path, unknown)):
            is_plain = place == 0 and (isinstance(value, torch.Tensor) or not tells_first)
            yield from self._named(value, name if is_plain else f"{name}[{key}]", f"{path}[{key}]", tells_first, unknown)

    def _items(self, output: Any, path: str, unknown: List[Tuple[str, type]]) -> List[Tuple[Any, Any]]:
        """What is in a container, with its keys, fields or places."""
        if isinstance(output, Mapping):
            items = list(output.items())
            if items and self.first.setdefault(path, repr(items[0][0])) != repr(items[0][0]):
                raise InvalidError(
                    f"it gave a mapping that begins with {items[0][0]!r}, and one before it began with {self.first[path]}, which is what is called "
                    f"{path!r}", path, "Let the module give the same keys in one order, or leave it out of the layers.")
            return items
        if isinstance(output, (tuple, list)):
            return list(enumerate(output))
        if dataclasses.is_dataclass(output) and not isinstance(output, type):
            return [(field.name, getattr(output, field.name)) for field in dataclasses.fields(output)]
        if _holds_tensors(output, set(), 0):
            unknown.append((path, type(output)))
        return []


def _holds_tensors(value: Any, seen: Set[int], depth: int) -> bool:
    """Whether there are tensors in a value, as far as its elements and attributes tell."""
    if isinstance(value, torch.Tensor):
        return True
    if value is None or isinstance(value, (str, bytes, int, float, complex, type)) or id(value) in seen or depth > _DEEPEST:
        return False
    seen.add(id(value))
    if isinstance(value, Mapping):
        held = list(value.values())
    elif isinstance(value, (tuple, list, set, frozenset, collections.deque)):
        held = list(value)
    else:
        held = list(getattr(value, "__dict__", {}).values()) + [getattr(value, slot, None) for slot in _slots(type(value))]
    return any(_holds_tensors(one, seen, depth + 1) for one in held)


def _slots(kind: type) -> Iterator[str]:
    """The names of attributes that have no dictionary."""
    for one in kind.__mro__:
        slots = vars(one).get("__slots__", ())
        yield from [slots] if isinstance(slots, str) else slots

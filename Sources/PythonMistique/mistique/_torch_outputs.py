"""The tensors in what a module puts out, and their names."""

from __future__ import annotations

from typing import Any, Iterator, List, Mapping, Tuple

import torch

from .errors import InvalidError

__all__ = ["tensors_in"]


def tensors_in(output: Any, name: str) -> List[Tuple[str, torch.Tensor]]:
    """The tensors in what a module gave: the first is called as the module, others ``name[1]``, ``name[key]``.

    Where that would give two of them one name, as in ``((h, c), out)``, those within what comes first are ``name[0]``, ``name[0][1]``.
    """
    found = list(_named(output, name, False))
    return found if len({one for one, _ in found}) == len(found) else list(_named(output, name, True))


def _named(output: Any, name: str, tells_first: bool) -> Iterator[Tuple[str, torch.Tensor]]:
    if isinstance(output, torch.Tensor):
        yield name, output
    elif isinstance(output, torch.nn.utils.rnn.PackedSequence):
        raise InvalidError(
            "it gave a packed sequence, whose rows are in another order and lie one in the other", name,
            "Leave it out of the layers, and add what torch.nn.utils.rnn.pad_packed_sequence makes of it.")
    elif isinstance(output, Mapping):
        for place, (key, value) in enumerate(output.items()):
            yield from _named(value, name if _is_plain(place, value, tells_first) else f"{name}[{key}]", tells_first)
    elif isinstance(output, (tuple, list)):
        for place, value in enumerate(output):
            yield from _named(value, name if _is_plain(place, value, tells_first) else f"{name}[{place}]", tells_first)


def _is_plain(place: int, value: Any, tells_first: bool) -> bool:
    """Whether a value is called as what it is in."""
    return place == 0 and (isinstance(value, torch.Tensor) or not tells_first)

"""What a capture notes of the state of its model, and whether it still is in that state."""

from __future__ import annotations

import warnings
from typing import Any, Callable, Dict, List, Mapping, Optional

import numpy as np
import torch

from ._torch_architecture import ARCHITECTURE, architecture
from ._torch_autocast import autocast_now
from ._torch_modes import modes
from ._torch_state import digest, is_same, signature
from .errors import InvalidError

__all__ = ["STATE", "State", "comparable", "comparable_to_resume", "unknown"]

#: What a note says of the state that the model was in, and what that is called.
STATE = {"weights": "weights", "modules": "modules", "training": "modules in train mode", "grad": "mode of gradients", "autocast": "autocast"}


def _are_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


#: What this version understands of what a note says. Older versions left some of these names to their callers, or made digests by another method.
_FORMS: Dict[str, Callable[[Any], bool]] = {
    "modules": lambda value: isinstance(value, str) and value.startswith(ARCHITECTURE), "autocast": _are_texts, "first_keys": _are_texts}


def comparable(note: Mapping[str, Any]) -> Dict[str, Any]:
    """What of a note can be compared here: without what this version does not understand, and without a digest of modules by another PyTorch.

    Versions of PyTorch describe equal modules in different words, and add settings.
    """
    found = {key: value for key, value in note.items() if key not in _FORMS or _FORMS[key](value)}
    if _is_of_other_version(note):
        found.pop("modules", None)
    return found


def _is_of_other_version(note: Mapping[str, Any]) -> bool:
    # Without what it was built for: 1.13.0+cpu.
    return str(note.get("version")).partition("+")[0] != torch.__version__.partition("+")[0]


def comparable_to_resume(note: Mapping[str, Any], name: str) -> Dict[str, Any]:
    """As `comparable`, of a capture that is resumed; warns of what is left out."""
    found = comparable(note)
    for key in ("modules", "autocast"):
        if key in note and key not in found:
            warnings.warn(
                f"{name}: {STATE[key]} are not compared with those of the capture that is resumed, which was begun with PyTorch {note.get('version')} or by an "
                "older version: it noted them in another way.", stacklevel=5)
    return found


def unknown(note: Mapping[str, Any], changed: Optional[np.ndarray]) -> List[str]:
    """What the capture of a model of PyTorch did not note of its state, because it was an older version, or because it could not.

    Parameters
    ----------
    note : mapping
        As `comparable` gives it.
    changed : ndarray, optional
        The rows that were captured after a change; None where nobody knows.
    """
    if note.get("framework") != "torch":
        return []
    return [what for key, what in STATE.items() if key not in note] + (["changes between blocks"] if changed is None else [])


class State:
    """The state of a model, whose weights are read again only where they may have changed.

    Parameters
    ----------
    model : torch.nn.Module
    must_be_digested : bool
        Whether to refuse a model whose weights cannot be digested. Of another one they are not noted then.
    """

    def __init__(self, model: torch.nn.Module, must_be_digested: bool) -> None:
        self._model = model
        self._read(must_be_digested)

    def _read(self, must_be_digested: bool) -> None:
        # Before the digest: what is written while it is taken shows later.
        self._whole, self._usual = signature(self._model), signature(self._model, False)
        self._weights: Optional[str] = None
        try:
            self._weights = digest(self._model)
        except InvalidError:
            if must_be_digested:
                raise

    def now(self, is_first: bool, is_whole: bool) -> Dict[str, Any]:
        """The state as a note has it.

        Parameters
        ----------
        is_first : bool
            Whether nothing of the state was noted yet.
        is_whole : bool
            Whether to look at buffers too that a model in train mode may have written itself since the last block.
        """
        if is_first or self._weights is not None:  # of what has no digest none is tried for each block
            before, found = (self._whole, signature(self._model)) if is_first or is_whole else (self._usual, signature(self._model, False))
            if not is_same(before, found):
                self._read(False)
        noted = {"training": modes(self._model), "grad": torch.is_grad_enabled(), "autocast": autocast_now()}
        digests = {"weights": self._weights, "modules": architecture(self._model)}
        return {**noted, **{key: found for key, found in digests.items() if found is not None}}

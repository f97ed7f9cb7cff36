"""What a capture notes of the state of its model, and whether it still is in that state."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

import torch

from ._torch_architecture import architecture
from ._torch_autocast import autocast_now
from ._torch_modes import modes
from ._torch_state import digest, is_same, signature
from .errors import InvalidError

__all__ = ["STATE", "State", "unknown"]

#: What a note says of the state that the model was in, and what that is called.
STATE = {"weights": "weights", "modules": "modules", "training": "modules in train mode", "grad": "mode of gradients", "autocast": "autocast"}


def unknown(note: Mapping[str, Any]) -> List[str]:
    """What the capture of a model of PyTorch did not note of its state, because it was an older version, or because it could not."""
    return [what for key, what in STATE.items() if key not in note] if note.get("framework") == "torch" else []


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
        self._whole, self._quick = signature(self._model), signature(self._model, True)
        self._weights: Optional[str] = None
        try:
            self._weights = digest(self._model)
        except InvalidError:
            if must_be_digested:
                raise

    def now(self, wholly: bool) -> Dict[str, Any]:
        """The state as a note has it.

        Parameters
        ----------
        wholly : bool
            Whether to look at buffers and at values too, rather than only at whether parameters were written. Between two blocks a model in train mode
            writes its buffers itself.
        """
        if wholly:
            is_known = is_same(self._whole, signature(self._model))
        else:
            # Of what has no digest none is taken for each block.
            is_known = self._weights is None or is_same(self._quick, signature(self._model, True))
        if not is_known:
            self._read(False)
        noted = {"training": modes(self._model), "grad": torch.is_grad_enabled(), "autocast": autocast_now()}
        digests = {"weights": self._weights, "modules": architecture(self._model)}
        return {**noted, **{key: found for key, found in digests.items() if found is not None}}

"""Which modules are called, in a block and in a whole capture."""

from __future__ import annotations

import threading
import warnings
from typing import Dict, Iterable, List, Optional, Sequence, Set

import torch

from ._torch_names import module_of, modules
from .errors import InvalidError

__all__ = ["Calls"]

#: How many modules a warning names.
_NAMED = 5


class Calls:
    """The calls of the modules that a capture stores.

    Parameters
    ----------
    model : torch.nn.Module
    layers : sequence of str, optional
        As the capture was given them.
    chosen : mapping of str to torch.nn.Module
        The modules that they name.
    """

    def __init__(self, model: torch.nn.Module, layers: Optional[Sequence[str]], chosen: Dict[str, torch.nn.Module]) -> None:
        #: What each name or glob stands for: in every block one of them is called.
        self._asked = {glob: list(modules(model, [glob])) for glob in ([layers] if isinstance(layers, str) else layers or [])}
        #: Without names: modules of which nobody knows yet whether they are called.
        self._unseen = [] if layers is not None else list(chosen)
        #: Those of globs that were not called in a block that was kept. A list of modules is none: nobody calls it.
        self._never = [] if layers is None else [name for name, module in chosen.items() if type(module).forward is not torch.nn.Module.forward]
        #: How often each was called in the block.
        self.counts: Dict[str, int] = {}
        #: The threads that called the model in the block.
        self._threads: Set[int] = set()

    def begin(self) -> None:
        """A block begins."""
        self.counts, self._threads = {}, set()

    def add(self, name: str) -> int:
        """A module was called; gives how often in this block."""
        self._threads.add(threading.get_ident())
        self.counts[name] = self.counts.get(name, 0) + 1
        return self.counts[name]

    def require(self, capture: str) -> None:
        """That what a block has to call was called in it, by one thread; warns of modules that were not, once.

        Raises
        ------
        InvalidError
            When it was not.
        """
        if len(self._threads) > 1:
            raise InvalidError(
                "the model was called by several threads in one block", capture,
                "Nobody knows whose rows these are: let one thread call it while a block is open, or give the others a copy.")
        if not self.counts:
            raise InvalidError(
                "none of the layers was called in the block", capture,
                "Call the model in the block: with capture.rows(ids): model(batch). Compiled modules call no hooks.")
        missing = next((glob for glob, names in self._asked.items() if not any(name in self.counts for name in names)), None)
        if missing is not None:
            raise InvalidError(
                "it was not called in the block" if missing in self._asked[missing] else f"none of its {len(self._asked[missing])} modules was called in the block",
                missing,
                "Leave it out of the layers: some modules use the weights of modules in them without calling these, as MultiheadAttention does, and "
                "TransformerEncoderLayer in eval mode.")
        unseen, self._unseen = [name for name in self._unseen if name not in self.counts], []
        if unseen:
            warnings.warn(
                f"{capture}: {len(unseen)} modules were not called in the first block, and are not captured: {_few(unseen)}. Name layers to choose them.",
                stacklevel=4)

    def keep(self) -> None:
        """The block was kept."""
        if self._never:
            self._never = [name for name in self._never if name not in self.counts]

    def warn_of_never(self, capture: str, earlier: Iterable[str]) -> None:
        """Warns of modules that a glob named and that were never called: there is no layer of them.

        Parameters
        ----------
        capture : str
            What it is called.
        earlier : iterable of str
            The layers of the capture that was resumed.
        """
        known = {module_of(layer) for layer in earlier}
        never = [name for name in self._never if name not in known]
        if never:
            warnings.warn(
                f"{capture}: {len(never)} of the modules that its layers name were never called, and are not stored: {_few(never)}. Some modules use the weights of "
                "modules in them without calling these, as MultiheadAttention does.", stacklevel=4)


def _few(names: List[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")

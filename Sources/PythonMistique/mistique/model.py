"""Models of a store."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from . import _library as c
from . import _tables
from ._hidden import HIDDEN, STATE_FRAME, WIDE_FRAME
from ._policy import leaves_values
from ._wide import Wide, told
from .errors import MistiqueError, NotFoundError
from .intermediate import Intermediate, quoted

if TYPE_CHECKING:
    from .store import Store

__all__ = ["Model"]


class Model(Mapping):
    """A model in a store: a mapping of the names of its intermediates to :class:`Intermediate`.

    Made by ``store[name]``. What it says is as it was then.
    """

    def __init__(self, store: "Store", project: str, name: str) -> None:
        self._store = store
        self.project, self.name = project, name
        described = c.call_json("describe", store.handle, c.text(project, "project"), c.text(name, "model"))
        self.kind: str = described["kind"]
        #: The storage policy it was logged under, in the paper's words.
        self.policy: str = described["policy"]
        #: Whether a function that re-runs it is registered.
        self.can_rerun: bool = described["canRerun"]
        self._note: Optional[str] = described.get("note")
        #: Tells it from another one that is captured under its name once it is deleted.
        self._capture: int = described["capture"]
        self._listed: Dict[str, Dict[str, Any]] = {item["name"]: item for item in described["intermediates"]}

    @property
    def note(self) -> Dict[str, Any]:
        """What the capture kept with the model: the framework and its version, and what was given as `note`."""
        return json.loads(self._note) if self._note else {}

    @property
    def key(self) -> str:
        """``project.model``, as keys begin."""
        return f"{quoted(self.project)}.{quoted(self.name)}"

    @cached_property
    def _wide(self) -> Dict[str, Wide]:
        """The type and the shape of layers that are stored as columns, as far as the capture said so."""
        return told(self[WIDE_FRAME].get().dict()["layers"]) if WIDE_FRAME in self._listed else {}

    @property
    def changed_rows(self) -> Optional[np.ndarray]:
        """The ids of rows that were captured after the state of the model had changed: a re-run in the noted state gives other values than theirs.

        Returns
        -------
        ndarray of int64 or None
            None where the capture did not note it, as those of older versions. Captures under ``none``, ``adaptive`` and ``budget`` refuse such rows,
            and have none.
        """
        if STATE_FRAME not in self._listed:
            return np.empty(0, np.int64) if leaves_values(self.policy) else None
        found = self[STATE_FRAME].get()
        return found.ids[found.dict()["changed"]]

    def __getitem__(self, name: str) -> "Intermediate":
        if name not in self._listed:
            raise NotFoundError(
                f"there is no intermediate {name!r}", self.key, f"There are: {', '.join(list(self._listed)[:40])}.")
        return Intermediate(self, self._listed[name])

    def __iter__(self) -> Iterator[str]:
        return iter(name for name in self._listed if name not in HIDDEN)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @property
    def logical_bytes(self) -> int:
        """Bytes of all values, uncompressed."""
        return sum(item["logicalBytes"] for item in self._listed.values())

    def _kept(self) -> Dict[str, Dict[str, Any]]:
        """How the library keeps the values of each intermediate that is stored; nothing where it cannot say: a representation raises nothing."""
        try:
            told = c.call_json("kept", self._store.handle, c.text(self.project, "project"), c.text(self.name, "model"))
        except MistiqueError:
            return {}
        return {item["name"]: item for item in told}

    def _table(self) -> Tuple[str, Sequence[str], List[List[Any]]]:
        """One call of the library for all rows, which takes a manifest for each; no plan is weighed."""
        kept = self._kept()
        rows = [self[name]._cells(kept.get(name)) for name in self]
        title = f"{self.key}: {self.kind}, {self.policy}, {_tables.bytes_text(self.logical_bytes)} of values"
        return title, ["intermediate", "type", "shape of a row", "rows", "values", "bound", "plan"], rows

    def __repr__(self) -> str:
        return _tables.as_text(*self._table())

    def _repr_html_(self) -> str:
        return _tables.as_html(*self._table())

"""The values of an intermediate: asked for, in the forms that they are read in."""

from __future__ import annotations

from ctypes import c_int32
from typing import TYPE_CHECKING, Any, Optional, Tuple

import numpy as np

from . import _handles
from . import _library as c
from ._hidden import ROWS_FRAME
from .answer import Answer
from .errors import ChangedStateError, InvalidError, MistiqueError, NotFoundError
from .ragged import Ragged

if TYPE_CHECKING:
    from .intermediate import Intermediate

__all__ = ["Reading", "unique_of"]

#: Only read by the library, by any number of threads.
_USUAL = c.AskOptions(plan=c.PLANS["automatic"], accuracy=c.ACCURACIES["stored"], bound=-1.0)


def unique_of(ids: Optional[np.ndarray]) -> Optional[np.ndarray]:
    """The ids as they are where none repeats, else each once; None for all rows."""
    if ids is None or ids.size < 2:
        return ids
    unique = np.unique(ids)
    return ids if unique.size == ids.size else unique


class Reading:
    """What is read of an intermediate. `Intermediate` is one."""

    def get(self: "Intermediate") -> Answer:
        """Asks for it.

        Raises
        ------
        NotFoundError, MissingRowError
            For a column or a row that is not there.
        CannotPlanError
            When it is not stored and nothing re-runs it.
        """
        if self.is_ragged:
            raise InvalidError("its rows are sequences of different lengths", self.key, "Take it by ragged() or padded().")
        return self._ask(self._ids)

    def _ask(self: "Intermediate", ids: Optional[np.ndarray]) -> Answer:
        try:
            handle = self._asked(ids)
        except ChangedStateError:
            # No re-run gives these rows, but what is stored may do.
            handle = None if "plan" in self._options else self._read(ids)
            if handle is None:
                raise
        return self._of_this_model(Answer(handle, 0, ids, self._answer_shape, self._wide if self._column is None else None))

    def _of_this_model(self: "Intermediate", answer: Answer) -> Answer:
        """An answer of the model that this is of, whose shapes and types are known.

        Raises
        ------
        NotFoundError
            When another model was captured under its name since.
        """
        if answer._capture != self.model._capture:
            raise NotFoundError(
                "the model was deleted since it was looked up, and another one was captured under its name", self.key,
                f"Look it up again: store[{self.model.name!r}].")
        return answer

    def _asked(self: "Intermediate", ids: Optional[np.ndarray]) -> _handles.Handle:
        """The library's answer."""
        unique, store = unique_of(ids), self.model._store
        return store._answering(
            self, unique, lambda plan, flag: _handles.ask(store.handle, self._key_list, unique, self._ask_options(plan, flag)))

    def _read(self: "Intermediate", ids: Optional[np.ndarray]) -> Optional[_handles.Handle]:
        """As `_asked`, of what is stored; None where that does not do."""
        try:
            return self.options(plan="read")._asked(ids)
        except MistiqueError:
            return None

    def _ask_options(self: "Intermediate", plan: Optional[str] = None, flag: Optional[c_int32] = None) -> c.AskOptions:
        options = self._options
        if not options and plan is None and flag is None:
            return _USUAL
        return c.AskOptions(
            plan=c.PLANS[plan or options.get("plan", "automatic")], accuracy=c.ACCURACIES[options.get("accuracy", "stored")],
            bound=float(options.get("bound", -1.0)), within=c.text(str(options["within"]), "within") if "within" in options else None,
            callbacks=c.stopped_by(flag))

    @property
    def _answer_shape(self: "Intermediate") -> Optional[Tuple[int, ...]]:
        """The shape of one row of an answer, where that is known beforehand; (-1,) is one dimension of whatever it has."""
        return self.row_shape if self._column is None else self._column_shape or (-1,)

    def numpy(self: "Intermediate", copy: bool = False) -> np.ndarray:
        """The values: :meth:`Answer.numpy`."""
        return self.get().numpy(copy)

    def torch(self: "Intermediate") -> Any:
        """The values as a tensor: :meth:`Answer.torch`."""
        return self.get().torch()

    def pandas(self: "Intermediate") -> Any:
        """The values as a DataFrame: :meth:`Answer.pandas`."""
        return self.get().pandas()

    def arrow(self: "Intermediate") -> Any:
        """The values as a pyarrow table: :meth:`Answer.arrow`."""
        return self.get().arrow()

    def __array__(self: "Intermediate", dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self.get().__array__(dtype, copy)

    def __arrow_c_stream__(self: "Intermediate", requested_schema: Any = None) -> Any:
        return self.get().__arrow_c_stream__(requested_schema)

    def ids(self: "Intermediate") -> np.ndarray:
        """The row ids, in the order of the values."""
        if self._ids is not None:
            return self._ids.copy()
        if self.is_ragged:
            return self.model[ROWS_FRAME].ids()
        if self._listed.get("kind") == "frame" or self._listed.get("kind") is None:
            return self.get().ids
        return self.column("n0_0_0").get().ids

    def ragged(self: "Intermediate") -> Ragged:
        """The values of rows that are sequences of different lengths.

        Raises
        ------
        InvalidError
            For rows of one shape.
        """
        if not self.is_ragged:
            raise InvalidError("its rows have one shape", self.key, "Take it by numpy().")
        told, tokens = self._tokens()
        values = self._ask(tokens)
        columns = told.dict()
        return Ragged(told.ids, values, columns["length"], columns["offset"], columns["width"])

    def _tokens(self: "Intermediate") -> Tuple[Answer, np.ndarray]:
        """Where the rows' tokens are, and the tokens' own ids, row after row."""
        places = self.model[ROWS_FRAME]
        told = (places if self._ids is None else places.rows(self._ids)).get()
        columns = told.dict()
        runs = [np.arange(start, start + length) for start, length in zip(columns["start"], columns["length"])]
        return told, np.concatenate(runs or [np.empty(0, np.int64)]).astype(np.int64)

    def _stored_ids(self: "Intermediate") -> Optional[np.ndarray]:
        """The ids that its values are stored under: of sequences, which are stored token by token, those of the rows' tokens. None for all."""
        return self._tokens()[1] if self.is_ragged and self._ids is not None else self._ids

    def padded(self: "Intermediate", fill: float = 0) -> Tuple[np.ndarray, np.ndarray]:
        """As :meth:`Ragged.padded`: the values with padding where it was, and the mask."""
        return self.ragged().padded(fill)

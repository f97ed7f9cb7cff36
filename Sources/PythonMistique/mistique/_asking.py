"""Questions to a store, and the functions that re-run its models for them."""

from __future__ import annotations

from ctypes import byref, c_double, c_int64
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Tuple, TypeVar, Union

import numpy as np

from . import _library as c
from ._rerunning import rerunning
from .errors import InvalidError, MistiqueError
from .model import Model
from .plan import TopK
from .rerun import Rerun, RerunFunction

if TYPE_CHECKING:
    from .store import Store

__all__ = ["Asking"]

Value = TypeVar("Value")


class Asking:
    """What a store answers. `Store` is one."""

    _reruns: Dict[Tuple[str, str], Rerun]
    _registered: List[Rerun]

    # ---- Asking ----

    def topk(self: "Store", what: str, unit: Union[int, str, None] = None, k: int = 10, smallest: bool = False) -> TopK:
        """The rows with the largest values of one column, or the smallest.

        Parameters
        ----------
        what : str
            ``model/intermediate``, as in ``"resnet/fc"``.
        unit : int or str, optional
            The unit of a dense layer or the map of a convolution by its number, or a column by its name.
        k : int
        smallest : bool

        Examples
        --------
        ::

            ids, values = store.topk("resnet/fc", unit=3, k=10)
        """
        name, slash, layer = what.partition("/")
        if not slash:
            raise InvalidError("it names no intermediate", repr(what), "Write model/intermediate, as in \"resnet/fc\".")
        intermediate = self[name][layer]
        if unit is not None:
            intermediate = intermediate.unit(unit) if isinstance(unit, (int, np.integer)) else intermediate.column(unit)
        return intermediate.topk(k, smallest)

    def _topk(self: "Store", key: str, k: int, smallest: bool) -> TopK:
        room = max(0, int(k))
        ids, values, count = np.empty(max(1, room), np.int64), np.empty(max(1, room), np.float64), c_int64()
        self._answering(lambda: c.call(
            "topk", self.handle, c.text(key, "key"), int(k), int(smallest), c.pointer(ids),
            values.ctypes.data_as(c.POINTER(c_double)), byref(count)))
        return TopK(ids[:count.value], values[:count.value])

    def _answering(self, ask: Callable[[], Value]) -> Value:
        """Runs a question, and raises what a function that re-runs a model raised in it, rather than what the library says of it."""
        failures: List[BaseException] = []
        rerunning.failures.append(failures)
        try:
            return ask()
        except MistiqueError:
            if failures:
                raise failures[-1]
            raise
        finally:
            rerunning.failures.pop()
            failures.clear()  # its traceback holds the rows of a batch

    # ---- Re-running ----

    def rerun(self: "Store", name: str, function: Optional[RerunFunction], ids: Any = None) -> None:
        """Registers a function that re-runs a captured model, for as long as the store is open; None takes it out.

        A function that is replaced or taken out stays in memory as long as the store: another thread may be in it.

        Parameters
        ----------
        name : str
            The model.
        function : callable
            ``function(layers, ids)`` returns a mapping of each of `layers` to an array whose rows are those of `ids`, in this order. What
            it raises, the question raises. :func:`mistique.torch.rerun` makes one of a ``torch.nn.Module``, which is refused when its weights are not
            those that were captured.
        ids : array of int, optional
            All rows that were captured, in the order in which they were: what the function is given when all are asked for and none is stored.
            Others are refused. Required under ``adaptive`` and ``budget``.
        """
        project, model = self._find(name)
        known = (project, model)
        if function is None:
            c.call("rerun_register", self.handle, c.text(project, "project"), c.text(model, "model"), None, None, None)
            self._reruns.pop(known, None)
            return
        stored = Model(self, project, model)
        for_capture = getattr(function, "for_capture", None)
        if for_capture is not None:
            function = for_capture(name, stored.note, stored.changed_rows)
        policy = stored.policy
        if ids is None and policy.startswith(("adaptive", "budget")):
            raise InvalidError(
                f"its policy, {policy}, stores what is worth it, which takes all rows", name, "Register the function with all ids: ids=ids.")
        rerun = Rerun(function, None if ids is None else c.ids_of(ids, ordered=True))
        self._registered.append(rerun)
        c.call("rerun_register", self.handle, c.text(project, "project"), c.text(model, "model"), rerun.address, None, None)
        self._reruns[known] = rerun

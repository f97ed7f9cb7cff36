"""Stores: opened, listed, asked, captured into."""

from __future__ import annotations

import atexit
import os
import weakref
from ctypes import byref, c_uint64
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple, Union

from . import _library as c
from . import _tables
from ._asking import Asking
from ._capturing import PROJECT, Capturing
from ._keeping import Keeping
from ._rerunning import rerunning
from ._summary import bound_by_policy, plan_of_all
from .errors import BadHandleError, BusyError, InvalidError, MistiqueError, NotFoundError
from .intermediate import quoted
from .model import Model
from .rerun import Rerun

__all__ = ["Store", "open"]

_open_stores: "weakref.WeakSet[Store]" = weakref.WeakSet()
#: Stores that nobody holds any more, whose last reference went while the library could not close them: in one of its callbacks.
_unclosed: List[int] = []


def open(folder: Union[str, "os.PathLike[str]"], *, rows_per_block: int = 0, wait: float = 0, models_kept: int = 0) -> "Store":
    """Opens the store in `folder`, or makes one there.

    Parameters
    ----------
    folder : path
    rows_per_block : int
        Rows per RowBlock; 1,000 unless said otherwise.
    wait : float
        Seconds to wait for another process that writes.
    models_kept : int
        Restored models that stay in memory; 2 unless said otherwise.

    Raises
    ------
    MistiqueError
        When the folder cannot be used.

    Examples
    --------
    ::

        with mistique.open("Store") as store:
            print(store)
    """
    return Store(folder, rows_per_block=rows_per_block, wait=wait, models_kept=models_kept)


class Store(Asking, Capturing, Keeping, Mapping):
    """A store of intermediates: a mapping of the names of its models to :class:`Model`. Made by :func:`open`.

    Any thread may ask. One process, and in it one capture, writes at a time.
    """

    def __init__(self, folder: Any, *, rows_per_block: int = 0, wait: float = 0, models_kept: int = 0) -> None:
        self._handle = 0
        self._reruns: Dict[Tuple[str, str], Rerun] = {}
        #: All functions that were ever registered: another thread may be in one that was replaced, or about to call it.
        self._registered: List[Rerun] = []
        options = c.OpenOptions(rows_per_block=rows_per_block, writer_wait_seconds=wait, models_kept=models_kept)
        handle = c_uint64()
        if rerunning.call is None:
            _close_unclosed()
        c.call("open", c.text(os.fsdecode(folder), "folder"), byref(options), byref(handle))
        self._handle = handle.value
        self._process = os.getpid()
        self.folder = os.path.abspath(os.fsdecode(folder))
        _open_stores.add(self)

    # ---- Opening and closing ----

    @property
    def handle(self) -> int:
        """The library's number.

        Raises
        ------
        BadHandleError
            When the store was closed.
        """
        if not self._handle:
            raise BadHandleError("the store was closed", self.folder, "Open it again: mistique.open(folder).")
        return self._handle

    def close(self) -> None:
        """Abandons a capture that is under way, and gives up the right to write. Answers stay. Closing twice does nothing.

        Raises
        ------
        BusyError
            In a function that re-runs a model for a question of this very object, which waits for it. The store stays open.
        """
        handle, self._handle = self._handle, 0
        # A forked child has nothing to close.
        if handle and self._process == os.getpid():
            try:
                c.call("close", handle)
            except BusyError:
                self._handle = handle
                raise

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", 0):
            try:
                self.close()
            except BusyError:
                _unclosed.append(self._handle)
            except MistiqueError:
                pass  # nobody is there to be told

    def __getstate__(self) -> Any:
        raise InvalidError("a store cannot be pickled", self.folder, "Open it in each process; start workers by spawn.")

    # ---- Models ----

    def _catalogue(self) -> Dict[str, Any]:
        return c.call_json("models", self.handle)

    def _find(self, name: str) -> Tuple[str, str]:
        """The project and name of a model that is called `name`, or `project.name`."""
        listed = [(item["project"], item["name"]) for item in self._catalogue()["models"]]
        found = [one for one in listed if one[1] == name] or [one for one in listed if name in (f"{one[0]}.{one[1]}", ".".join(map(quoted, one)))]
        if len(found) > 1:
            ours = [one for one in found if one[0] == PROJECT]
            if len(ours) == 1:
                return ours[0]
            raise NotFoundError(
                f"{len(found)} models are called {name!r}", self.folder, f"Say which: {', '.join(f'{p}.{n}' for p, n in found)}.")
        if not found:
            names = ", ".join(f"{p}.{n}" for p, n in listed[:40])
            raise NotFoundError(f"there is no model {name!r}", self.folder, f"There are: {names}." if names else "The store is empty.")
        return found[0]

    def __getitem__(self, name: str) -> Model:
        if not isinstance(name, str):
            raise NotFoundError(f"{name!r} is no name", self.folder, "Name a model: store['resnet'].")
        return Model(self, *self._find(name))

    def __iter__(self) -> Iterator[str]:
        models = self._catalogue()["models"]
        names = [item["name"] for item in models]
        return iter(item["name"] if names.count(item["name"]) == 1 else f"{item['project']}.{item['name']}" for item in models)

    def __len__(self) -> int:
        return len(self._catalogue()["models"])

    # ---- For people ----

    def _table(self) -> Tuple[str, Sequence[str], List[List[Any]]]:
        """What the list of models says: nothing is looked up for a row. Bounds are those of the policies."""
        found = self._catalogue()
        rows = [self._cells(item) for item in found["models"]]
        rows += [[item["model"], "not finished: resume it, or delete it", "", "", "", "", ""] for item in found["unfinished"]]
        title = f"Store {self.folder}: {len(found['models'])} models, {_tables.bytes_text(found['storedBytes'])} on disk"
        return title, ["model", "policy", "intermediates", "rows", "values", "bound", "plan"], rows

    def _cells(self, item: Dict[str, Any]) -> List[Any]:
        """What the table says of a model."""
        stored, count, can_rerun = item["stored"], item["intermediates"], (item["project"], item["name"]) in self._reruns
        # What is re-run is as the model emits it.
        bound = bound_by_policy(item["policy"]) if stored else "exact" if can_rerun else ""
        return [
            f"{item['project']}.{item['name']}", item["policy"], count, item["rows"], _tables.bytes_text(item["logicalBytes"]), bound,
            plan_of_all(stored, count, can_rerun),
        ]

    def __repr__(self) -> str:
        return _tables.as_text(*self._table()) if self._handle else f"<Store {self.folder}, closed>"

    def _repr_html_(self) -> str:
        return _tables.as_html(*self._table())

    # A mapping compares what is in it, which would read the store.
    __eq__ = object.__eq__
    __hash__ = object.__hash__


def _close_unclosed() -> None:
    """Closes what nobody holds any more; what a question still waits for stays for the next time."""
    for _ in range(len(_unclosed)):
        try:
            handle = _unclosed.pop(0)
        except IndexError:
            return  # another thread was faster
        try:
            c.call("close", handle)
        except BusyError:
            _unclosed.append(handle)
        except MistiqueError:
            pass  # nobody is there to be told


@atexit.register
def _close_all() -> None:
    _close_unclosed()
    for store in list(_open_stores):
        try:
            store.close()
        except MistiqueError:
            pass  # nobody is there to be told

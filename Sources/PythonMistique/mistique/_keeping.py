"""What a store keeps: deleting, giving back what a bound allows, and checking the bytes."""

from __future__ import annotations

from ctypes import byref, c_int32, c_int64, pointer
from typing import TYPE_CHECKING, Optional, Tuple, Union

from . import _library as c
from .errors import NotFoundError
from .intermediate import quoted
from .progress import Bar
from .verification import Verification

if TYPE_CHECKING:
    from .store import Store

__all__ = ["Keeping"]


class Keeping:
    """What a store does with what it has. `Store` is one."""

    def delete(self: "Store", name: str) -> int:
        """Deletes a model and what only it used, or what is left of a capture of that name that was not finished.

        A Ctrl-C stops it as long as nothing is changed: while it waits for another process, as ``open(wait=...)`` said, and looks for what only the model
        used. One that comes later is raised when the model is deleted: it is never half deleted, and ``name in store`` tells which it was.

        Raises
        ------
        NotFoundError
            When nothing, or more than one thing, is called so: ``project.name`` says which is meant.
        BusyError
            While a capture is under way.

        Returns
        -------
        int
            Bytes that went back to the file system.
        """
        unfinished = self._unfinished(name)
        try:
            project, model = self._find(name)
        except NotFoundError:
            # A capture that was never finished is no model yet. A name that several models have is none of it either.
            if unfinished is None or any(name == item["name"] for item in self._catalogue()["models"]):
                raise
            project, model = unfinished
        else:
            if unfinished not in (None, (project, model)):
                raise NotFoundError(
                    f"a model and a capture that was not finished are called {name!r}", self.folder,
                    f"Say which: {project}.{model} is the model, {unfinished[0]}.{unfinished[1]} the capture.")
        freed = c_int64()
        flag = c_int32(0)

        def delete() -> None:
            c.call("delete_until", self.handle, c.text(project, "project"), c.text(model, "model"), byref(c.stopped_by(flag)), byref(freed))
            # The library has let go of the function that re-ran it.
            self._reruns.pop((project, model), None)

        c.interruptible(flag, delete)
        return freed.value

    def demote(self: "Store", name: str, layer: str, to: Union[float, str]) -> int:
        """Gives back the residual of an intermediate that was stored under ``ladder(...)``: its values are kept within the bound of its base.

        Nothing is rewritten. A Ctrl-C stops it as long as nothing is changed, as of :meth:`delete`. From then on a question without ``within`` re-runs the model, or says
        that it cannot: what cannot be re-run is never exact again.

        Parameters
        ----------
        name, layer : str
            The model and its intermediate.
        to : float or str
            What the values must still be within: a number, or root mean squares such as ``"0.2rms"``.

        Raises
        ------
        InvalidError
            When it has no residual, or its base is not as near as ``to``.

        Returns
        -------
        int
            Bytes that went back to the file system.
        """
        project, model = self._find(name)
        freed = c_int64()
        flag = c_int32(0)
        c.interruptible(flag, lambda: c.call(
            "demote_until", self.handle, c.text(project, "project"), c.text(model, "model"), c.text(layer, "layer"), c.text(str(to), "to"),
            byref(c.stopped_by(flag)), byref(freed)))
        return freed.value

    def _unfinished(self: "Store", name: str) -> Optional[Tuple[str, str]]:
        """The project and name of a capture of that name that was not finished."""
        project, model = self._new_name(name)
        key = f"{quoted(project)}.{quoted(model)}"
        return (project, model) if any(item["model"] == key for item in self._catalogue()["unfinished"]) else None

    @property
    def stored_bytes(self: "Store") -> int:
        """What the store takes on disk."""
        return self._catalogue()["storedBytes"]

    def verify(self: "Store", progress: bool = False) -> Verification:
        """Reads and checks every byte that a model refers to.

        Parameters
        ----------
        progress : bool
            Whether to show a progress bar, where tqdm is installed.
        """
        flag = c_int32(0)
        with Bar("partitions", progress) as bar:
            callbacks = c.Callbacks(stop_flag=pointer(flag), progress=c.ProgressFunction(lambda _, done, total: bar.at(done, total)))
            found = c.interruptible(flag, lambda: c.call_json("verify", self.handle, byref(callbacks)))
        return Verification(found)

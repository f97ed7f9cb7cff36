"""What goes wrong, where, and what to do about it."""

from __future__ import annotations

from typing import Dict, Type

__all__ = [
    "MistiqueError", "CorruptError", "UnsupportedVersionError", "DiskFullError", "InputOutputError", "LockedError", "NotFoundError",
    "MissingRowError", "InvalidError", "ChangedStateError", "MalformedKeyError", "AlreadyLoggedError", "CannotPlanError", "InvalidModelError",
    "OtherInputsError", "NotReproducedError", "MeasuredOnlyError", "CatalogueError", "CancelledError", "BadHandleError", "ForkedError",
    "BusyError", "CallbackError",
]


class MistiqueError(Exception):
    """A failure that says what to do.

    Attributes
    ----------
    code : int
        One of the codes of ``mistique.h``.
    what : str
        What happened: got and expected.
    place : str
        The file, model, layer or argument it happened to.
    remedy : str
        What to do about it.
    cause : str
        The error below, or nothing.
    """

    number = 37

    def __init__(self, what: str, place: str, remedy: str, cause: str = "", code: int | None = None) -> None:
        super().__init__(what, place, remedy)
        self.code = self.number if code is None else code
        self.what = what
        self.place = place
        self.remedy = remedy
        self.cause = cause

    def __str__(self) -> str:
        because = f" ({self.cause})" if self.cause else ""
        return f"{self.place}: {self.what}{because}. {self.remedy}"

    def __reduce__(self):
        return type(self), (self.what, self.place, self.remedy, self.cause, self.code)


class CorruptError(MistiqueError):
    """Bytes on disk are not what was written."""

    number = 1


class UnsupportedVersionError(MistiqueError):
    """A file was written by a newer version."""

    number = 2


class DiskFullError(MistiqueError, OSError):
    """The file system has no room left."""

    number = 3


class InputOutputError(MistiqueError, OSError):
    """The operating system refused an operation on a file."""

    number = 4


class LockedError(MistiqueError):
    """Another process is writing to the store."""

    number = 5


class NotFoundError(MistiqueError, KeyError):
    """There is no such model, intermediate or column."""

    number = 6


class MissingRowError(NotFoundError):
    """There is no such row."""

    number = 7


class InvalidError(MistiqueError, ValueError):
    """An argument makes no sense, or does not fit what is stored."""

    number = 8


class ChangedStateError(InvalidError):
    """Rows were captured after the state of their model had changed: no re-run gives their values."""


class MalformedKeyError(InvalidError):
    """A key cannot be understood."""

    number = 9


class AlreadyLoggedError(MistiqueError):
    """A model of that name is in the store."""

    number = 10


class CannotPlanError(MistiqueError):
    """Nothing is stored to read, or nothing is registered to re-run."""

    number = 11


class InvalidModelError(MistiqueError):
    """What was emitted breaks the contract of a model."""

    number = 12


class OtherInputsError(MistiqueError):
    """A re-run would have other inputs than were logged."""

    number = 13


class NotReproducedError(MistiqueError):
    """A re-run gave other rows or columns than were logged."""

    number = 14


class MeasuredOnlyError(MistiqueError):
    """The store only counts what would be stored."""

    number = 15


class CatalogueError(MistiqueError):
    """The catalogue cannot be read or written."""

    number = 16


class CancelledError(MistiqueError):
    """The call was asked to stop."""

    number = 32


class BadHandleError(MistiqueError):
    """A store, capture or answer was closed before."""

    number = 33


class ForkedError(MistiqueError):
    """The process was forked after the library was used."""

    number = 34


class BusyError(MistiqueError):
    """A capture is under way, or another thread is in this call."""

    number = 35


class CallbackError(MistiqueError):
    """A function that re-runs a model failed."""

    number = 36


def _all(base: Type[MistiqueError]) -> Dict[int, Type[MistiqueError]]:
    found = {base.number: base} if "number" in vars(base) else {}
    for kind in base.__subclasses__():
        found.update(_all(kind))
    return found


_BY_NUMBER = _all(MistiqueError)


def error(code: int, what: str, place: str, remedy: str, cause: str = "") -> MistiqueError:
    """The exception for a code of the library."""
    return _BY_NUMBER.get(code, MistiqueError)(what, place, remedy, cause, code)

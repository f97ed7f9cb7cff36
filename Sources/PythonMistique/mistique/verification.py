"""What verifying a store found."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping

from . import _tables

__all__ = ["Verification"]


class Verification(Mapping):
    """What verifying a store found. True when it is intact."""

    def __init__(self, found: Dict[str, Any]) -> None:
        self._found = found
        self.problems: List[str] = found["problems"]
        self.damaged_models: List[str] = found["damagedModels"]

    def __bool__(self) -> bool:
        return self._found["isIntact"]

    def __getitem__(self, name: str) -> Any:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        found = self._found
        read = f"{found['models']} models, {found['partitions']} partitions, {_tables.bytes_text(found['bytes'])} read"
        return "\n".join([("intact" if self else "DAMAGED") + ": " + read] + self.problems)

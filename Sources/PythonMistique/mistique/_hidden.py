"""Frames that a capture keeps with a model for itself: they are no layers, and a model does not list them."""

from __future__ import annotations

__all__ = ["HIDDEN", "ROWS_FRAME", "STATE_FRAME", "WIDE_FRAME"]

#: Says where each row's tokens are, of a capture with sequences of different lengths.
ROWS_FRAME = ":rows"
#: Says of each row whether the state of the model had changed before it, in a column `changed`.
STATE_FRAME = ":state"
#: Says of each block, in a column `layers`, of which type and shape the layers were that are stored as columns, since float32 does not hold them.
WIDE_FRAME = ":wide"
HIDDEN = frozenset({ROWS_FRAME, STATE_FRAME, WIDE_FRAME})

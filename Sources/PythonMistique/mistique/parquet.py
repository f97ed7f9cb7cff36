"""Tables from and to Parquet files, by pyarrow."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Optional, Union

import numpy as np

from .errors import InvalidError

if TYPE_CHECKING:
    from .intermediate import Intermediate
    from .model import Model
    from .store import Store

__all__ = ["import_parquet", "export_parquet"]

#: Rows that are read at a time.
BATCH = 65_536


def _pyarrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as failure:
        raise ImportError("Parquet files are read and written by pyarrow, which is not here. Install it: pip install pyarrow") from failure
    return pyarrow


def import_parquet(
    store: "Store", path: Union[str, "os.PathLike[str]"], name: str, ids: Optional[str] = None, layer: str = "frame", policy: str = "dedup"
) -> "Model":
    """Stores a Parquet file as a model with one intermediate. It is read some rows at a time; its columns are held until the end.

    Parameters
    ----------
    store : Store
    path : path
    name : str
        As in :meth:`Store.capture`.
    ids : str, optional
        The column that has the row ids, integers without missing values; it is not stored beside them. Without it rows are 0, 1, ...
    layer : str
        What the intermediate is called.

    Raises
    ------
    InvalidError
        For a file that is no Parquet file, or has no such column, and for values that no column of a store holds exactly.
    """
    pyarrow = _pyarrow()
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except pyarrow.ArrowInvalid as failure:
        raise InvalidError(f"it is no Parquet file that pyarrow reads ({failure})", os.fspath(path), "Write it anew.") from failure
    with file:
        names = file.schema_arrow.names
        if ids is not None and ids not in names:
            raise InvalidError(f"it has no column {ids!r}", os.fspath(path), f"There are: {', '.join(names[:40])}.")
        first = 0
        with store.capture(None, name, policy=policy) as capture:
            for batch in file.iter_batches(batch_size=BATCH):
                table = pyarrow.Table.from_batches([batch])
                rows = np.arange(first, first + table.num_rows)
                if ids is not None:
                    rows, table = _ids(pyarrow, table.column(ids), ids, os.fspath(path)), table.drop([ids])
                with capture.rows(rows):
                    capture.add_frame(layer, table)
                first += batch.num_rows
    return store[name]


def _ids(pyarrow: Any, column: Any, name: str, path: str) -> np.ndarray:
    if not pyarrow.types.is_integer(column.type) or column.null_count:
        raise InvalidError(
            f"its column {name!r} is {column.type} with {column.null_count} missing values", path, "Take a column of integers as row ids.")
    return column.to_numpy()


def export_parquet(intermediate: "Intermediate", path: Union[str, "os.PathLike[str]"]) -> None:
    """Writes an intermediate, or the rows and the column of it that were chosen, to a Parquet file: `row_id` first, of maps a list of values per row.

    Rows are in the intermediate's own order. The file appears under its name once it is whole.

    Raises
    ------
    InvalidError
        For rows that are asked for more than once.
    """
    pyarrow = _pyarrow()
    answer = intermediate.get()
    if len(answer) != answer.rows:
        raise InvalidError(
            f"{len(answer)} rows are asked for, {len(answer) - answer.rows} of them again, and a file has each row once", intermediate.key,
            "Ask for each row once, or write them by pandas: layer.pandas().to_parquet(path).")
    part = f"{os.fspath(path)}.{os.getpid()}.part"
    try:
        pyarrow.parquet.write_table(answer.arrow(), part)
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.remove(part)

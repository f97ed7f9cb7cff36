"""Parquet files in and out."""

import os
import unittest

import numpy as np
from support import StoreCase, has

import mistique


@unittest.skipUnless(has("pyarrow"), "pyarrow is not here")
class ParquetTests(StoreCase):
    def setUp(self):
        super().setUp()
        import pyarrow
        import pyarrow.parquet

        self.path = self.folder + "/table.parquet"
        rows = 70_000
        self.table = pyarrow.table({
            "id": np.arange(rows) * 3, "x": np.random.default_rng(1).standard_normal(rows), "text": [f"t{row % 7}" if row % 5 else None for row in range(rows)]})
        pyarrow.parquet.write_table(self.table, self.path, row_group_size=30_000)

    def test_in_and_out(self):
        from mistique.parquet import export_parquet, import_parquet
        import pyarrow.parquet

        model = import_parquet(self.store, self.path, "table", ids="id")
        got = model["frame"].arrow()
        self.assertEqual(got.column_names, ["row_id", "x", "text"])
        for name, given in (("row_id", "id"), ("x", "x"), ("text", "text")):
            self.assertEqual(got.column(name).to_pylist(), self.table.column(given).to_pylist())
        out = self.folder + "/out.parquet"
        export_parquet(model["frame"].rows([9, 3]), out)
        back = pyarrow.parquet.read_table(out)
        self.assertEqual(back.column("row_id").to_pylist(), [3, 9])
        self.assertEqual(back.column("x").to_pylist(), self.table.column("x").take([1, 3]).to_pylist())
        # The second 9 would be left out, as Arrow has each row once.
        with self.refused(mistique.InvalidError, "table.frame"):
            export_parquet(model["frame"].rows([9, 3, 9]), out)
        self.assertEqual(pyarrow.parquet.read_table(out), back)
        self.assertEqual([name for name in os.listdir(self.folder) if name.endswith(".part")], [])
        self.assertEqual(import_parquet(self.store, self.path, "places")["frame"].rows([2]).arrow().column("id").to_pylist(), [6])

    def test_what_is_refused(self):
        from mistique.parquet import import_parquet

        with self.refused(mistique.InvalidError, "table.parquet"):
            import_parquet(self.store, self.path, "a", ids="none")
        with self.refused(mistique.InvalidError, "table.parquet"):
            import_parquet(self.store, self.path, "b", ids="x")
        with open(self.path, "r+b") as file:
            file.truncate(1_000)
        with self.refused(mistique.InvalidError, "table.parquet"):
            import_parquet(self.store, self.path, "c")
        self.assertEqual(list(self.store), [])


if __name__ == "__main__":
    unittest.main()

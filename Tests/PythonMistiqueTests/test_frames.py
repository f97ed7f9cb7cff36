"""Tables in and out."""

import os
import unittest

import numpy as np
from support import StoreCase, has

import mistique


class FrameTests(StoreCase):
    def test_mappings_and_arrays(self):
        columns = {
            "int8": np.arange(-2, 2, dtype=np.int8), "uint32": np.arange(4, dtype=np.uint32) + 2**31, "int64": np.arange(4) * -(2**60),
            "float16": np.float16([1, np.nan, 3, -0.0]), "float64": np.array([1e300, np.nan, -np.inf, 0]), "bool": np.array([True, False, True, True]),
            "text": np.array(["", "ä", None, "a\0b"], object), "day": np.array(["1969-12-31", "NaT", "2026-11-28", "0001-01-01"], "datetime64[D]"),
            "time": np.array(["1969-12-31T23:59:59.999999", "NaT", "2026-11-28", "9999-01-01"], "datetime64[us]"), "fixed": np.array(["x", "yy", "", "z"]),
        }
        model = self.store.log_frame(columns, "table", [3, 1, 4, 2])
        got = model["frame"].get()
        np.testing.assert_array_equal(got.ids, [3, 1, 4, 2])
        values = got.dict()
        self.assertEqual(list(values), list(columns))
        for name, given in columns.items():
            with self.subTest(name):
                if name == "text":
                    self.assertEqual(values[name].tolist(), ["", "ä", None, "a\0b"])
                else:
                    np.testing.assert_array_equal(values[name], given.astype(object) if name == "fixed" else given)
        some = model["frame"].rows([2, 3]).column("int8").get().dict()
        np.testing.assert_array_equal(some["int8"], [1, -2])
        model = self.store.log_frame(np.arange(6).reshape(3, 2), "array", range(3))
        self.assertEqual(model["frame"].columns, ["x0", "x1"])

    def test_its_own_answers(self):
        self.store.log_frame({"v": np.array([10.0, 30.0, 20.0])}, "t", [1, 3, 2])
        frame = self.store["t"]["frame"]
        some = frame.rows([1, 2])
        copy = self.store.log_frame(some, "copy", some.ids())["frame"]
        self.assertEqual(copy.rows([2]).get().dict()["v"].tolist(), [20.0])
        other = frame.rows([3, 1])
        for place, table in enumerate((other, other.get())):
            moved = self.store.log_frame(table, f"moved{place}", [3, 1])["frame"]
            self.assertEqual(moved.columns, ["v"])
            self.assertEqual(moved.rows([1, 3]).get().dict()["v"].tolist(), [10.0, 30.0])
        mixed = {
            "text": np.array(["a", None, "\N{BICYCLE}"], object), "flag": np.array([True, False, True]), "whole": np.array([1, 2**60, -3]),
            "day": np.array(["2024-01-01", "NaT", "1969-12-31"], "datetime64[D]"), "time": np.array([1, 2, 3], "datetime64[us]"),
            "half": np.array([0.5, np.nan, -0.0])}
        first = self.store.log_frame(mixed, "mixed", range(3))["frame"]
        again = self.store.log_frame(self.store.log_frame(first, "mixed2", range(3))["frame"], "mixed3", range(3))["frame"]
        self.assertEqual(again.columns, list(mixed))
        for (name, one), other in zip(first.get().dict().items(), again.get().dict().values()):
            np.testing.assert_array_equal(one, other, name)

    def test_what_would_lose_something_is_refused(self):
        wrong = {
            "uint64": {"x": np.array([2**63], np.uint64)}, "complex": {"x": np.array([1j])}, "nanoseconds": {"x": np.array([1], "datetime64[ns]")},
            "objects": {"x": np.array([object()], object)}, "lengths": {"x": [1], "y": [1, 2]}, "dimensions": np.zeros((1, 2, 3)),
            "surrogate": {"x": np.array(["\ud800"], object)}, "durations": {"x": np.array([1], "timedelta64[s]")},
            "a matrix as a column": {"x": np.zeros((1, 2))}, "a single value": {"x": np.float64(3)}, "a list of lists": {"x": [[1, 2]]},
            "lists of two lengths": {"x": [[1], [2, 3]]}, "arrays as objects": {"x": np.array([np.zeros(2)], object)},
            "texts beside numbers": {"x": ["a", 1]}, "bytes": {"x": np.array([b"\xff\xfe"], object)}, "fixed bytes": {"x": np.array([b"\xff\xfe"])},
            "a date out of range": {"x": np.array([2**61], "datetime64[7D]")},
        }
        for name, table in wrong.items():
            with self.subTest(name), self.refused(mistique.InvalidError):
                self.store.log_frame(table, name, [0])
        self.assertEqual(list(self.store), [])

    def test_columns_keep_what_numpy_would_change(self):
        days = np.array(["2026-01-01", "NaT", "1969-12-25"], "datetime64[7D]")
        columns = {"weeks": days, "months": np.array(["2026-01", "NaT", "1960-02"], "datetime64[M]"), "zeros": ["a\0", "b", "\0"], "bytes": [b"a", b"\xc3\xa4", b""]}
        got = self.store.log_frame(columns, "kept", range(3))["frame"].get().dict()
        np.testing.assert_array_equal(got["weeks"], days.astype("datetime64[D]"))
        np.testing.assert_array_equal(got["months"], columns["months"].astype("datetime64[us]"))
        self.assertEqual(got["zeros"].tolist(), columns["zeros"])
        self.assertEqual(got["bytes"].tolist(), ["a", "ä", ""])

    def test_large_integers_beside_missing_ones_are_not_rounded(self):
        class Column:
            """What pyarrow's and polars's columns are to NumPy: missing integers become NaN."""

            def __arrow_c_stream__(self, requested_schema=None):
                raise AssertionError("it is refused before")

            def __array__(self, dtype=None, copy=None):
                return np.array([2.0**53, np.nan])

        with self.refused(mistique.InvalidError, "column 'x'") as refused:
            self.store.log_frame({"x": Column()}, "columns", [0, 1])
        self.assertIn("table", refused.error.remedy)
        try:
            import pandas as pd
        except ImportError:
            return
        table = pd.DataFrame({"a": pd.array([2**53 + 1, None], "Int64"), "b": pd.array([2**53, None], "Int64")})
        frame = self.store.log_frame(table, "large", [0, 1])["frame"]
        with self.refused(mistique.InvalidError, "a"):
            frame.get().dict()
        self.assertEqual(frame.pandas()["a"][0], 2**53 + 1)
        # The same as an array, which is no column yet.
        array = self.store.log_frame({"a": table["a"].array, "b": table["b"].array}, "arrays", [0, 1])["frame"]
        self.assertTrue(array.pandas()["a"].equals(frame.pandas()["a"]))
        mixed = pd.DataFrame({"n": [2**53 + 1, 2], "x": [0.5, 1.5]})
        with self.store.capture(None, "added") as capture, capture.rows([0, 1]):
            for wrong in (table["a"], table["a"].array, mixed):
                with self.refused(mistique.InvalidError, "n"):
                    capture.add("n", wrong)
            capture.add("n", mixed[["n"]].to_numpy())
            capture.abandon()
        np.testing.assert_array_equal(frame.column("b").get().dict()["b"], [2.0**53, np.nan])

    def test_lists_of_large_integers_are_not_rounded(self):
        kept = {"mixed": [2**53, 0.5], "large": [2**62 + 1, 3], "flags": [True, False]}
        got = self.store.log_frame(kept, "kept", [0, 1])["frame"]
        self.assertEqual(got.column("large").get().dict()["large"].tolist(), kept["large"])
        self.assertEqual(got.column("mixed").get().dict()["mixed"].tolist(), kept["mixed"])
        for name, values in {"both sides of 2^63": [1, 2**63 + 7], "beside a float": [2**53 + 1, 0.5], "nested": [np.int64(2**53 + 1), 0.5]}.items():
            with self.subTest(name), self.refused(mistique.InvalidError, "column 'x'") as refused:
                self.store.log_frame({"x": values}, name, [0, 1])
            self.assertIn("another number", refused.error.what)
        with self.store.capture(None, "added") as capture, capture.rows([0, 1]):
            with self.refused(mistique.InvalidError, "n"):
                capture.add("n", [[2**53 + 1, 0.5], [1, 2]])
            capture.abandon()

    @unittest.skipUnless(has("pyarrow"), "pyarrow is not here")
    def test_tables_are_no_layers(self):
        import pyarrow as pa

        with self.store.capture(None, "added") as capture, capture.rows([0, 1]):
            with self.refused(mistique.InvalidError, "n") as refused:
                capture.add("n", pa.table({"a": [2**53 + 1, None]}))
            self.assertIn("add_frame", refused.error.remedy)
            capture.abandon()

    def test_representations_raise_nothing(self):
        one = self.store.log_frame({"x": [1.0, 2.0]}, "t", [0, 1])["frame"]
        for asked in (one.rows([7]), one):
            if asked is one:
                self.store.close()
            self.assertIn("python.t.frame", repr(asked))
            self.assertIn("python.t.frame", asked._repr_html_())

    def test_top_integers_are_whole(self):
        frame = self.store.log_frame({"big": np.array([2**53 + 1, 1, 2**53]), "small": np.array([3, 1, 2])}, "integers", [0, 1, 2])["frame"]
        ids, values = frame.column("big").topk(2, smallest=True)
        self.assertEqual((ids.tolist(), values.tolist()), ([1, 2], [1.0, 2.0**53]))
        with self.refused(mistique.InvalidError, "big") as refused:
            frame.column("big").topk(1)
        self.assertIn("9007199254740993", refused.error.what)
        self.assertEqual(frame.column("small").topk(1)[1].tolist(), [3.0])

    def test_masked_values_are_refused(self):
        masked = np.ma.MaskedArray(np.float64([1, 2]), mask=[False, True])
        for name, table in {"column": {"x": masked}, "array": masked, "matrix": masked[:, None], "list": {"x": [1.0, np.ma.masked]}}.items():
            with self.subTest(name), self.refused(mistique.InvalidError) as refused:
                self.store.log_frame(table, name, range(2))
            self.assertIn("filled", refused.error.remedy)
        got = self.store.log_frame({"x": np.ma.MaskedArray([1.5, 2.5])}, "no mask", range(2))["frame"].get().dict()
        np.testing.assert_array_equal(got["x"], [1.5, 2.5])

    @unittest.skipUnless(os.environ.get("MISTIQUE_MEMORY_TESTS"), "takes 5 GB: set MISTIQUE_MEMORY_TESTS")
    def test_columns_of_more_than_two_gigabytes_are_read(self):
        from mistique import _arrow

        whole = np.zeros(2**31 + 8, np.uint8)
        whole[-1] = 7
        got = _arrow.read(whole.ctypes.data, whole.size, np.uint8)
        self.assertEqual((got.size, got[-1]), (whole.size, 7))

    @unittest.skipUnless(has("pandas"), "pandas is not here")
    def test_pandas(self):
        import pandas

        frame = pandas.DataFrame({
            "number": [1.5, None, 3], "whole": pandas.array([1, None, 3], "Int64"), "truth": [True, False, True],
            "text": ["a", None, "c"], "kind": pandas.Categorical(["x", "y", None]), "when": pandas.to_datetime(["2026-01-01", None, "2026-01-03"]),
        })
        model = self.store.log_frame(frame, "frame", [10, 20, 30])
        got = model["frame"].pandas()
        self.assertEqual(got.index.tolist(), [10, 20, 30])
        self.assertEqual(got.index.name, "row_id")
        np.testing.assert_array_equal(got["number"], frame["number"])
        self.assertEqual(got["whole"].tolist(), frame["whole"].tolist())
        # Versions of pandas have different texts, with None or NaN for what is missing.
        for name, texts in (("text", ["a", None, "c"]), ("kind", ["x", "y", None])):
            self.assertEqual([None if pandas.isna(one) else one for one in got[name]], texts)
        self.assertEqual(got["when"].tolist(), frame["when"].tolist())
        with self.refused(mistique.InvalidError):
            self.store.log_frame(pandas.DataFrame({"t": pandas.to_datetime(["2026-01-01"]).tz_localize("Europe/Berlin")}), "zone", [1])
        with self.refused(mistique.InvalidError):
            self.store.log_frame(pandas.DataFrame([[1, 2]], columns=["a", "a"]), "twice", [1])

    @unittest.skipUnless(has("pyarrow") and has("polars"), "pyarrow or polars is not here")
    def test_arrays_with_missing_values_do_not_become_nan(self):
        import polars
        import pyarrow

        whole = [2**53 + 1, None]
        for name, values in {"array": pyarrow.array(whole), "chunked": pyarrow.chunked_array([whole]), "series": polars.Series(whole)}.items():
            with self.subTest(name), self.store.capture(None, name) as capture, capture.rows([1, 2]):
                with self.refused(mistique.InvalidError, "x") as refused:
                    capture.add("x", values)
                self.assertIn("add_frame", refused.error.remedy)
                with self.refused(mistique.InvalidError):
                    capture.add_frame("x", values)
                capture.add_frame("x", (polars.DataFrame if name == "series" else pyarrow.table)({"x": values}))
            self.assertEqual(self.store[name]["x"].arrow()["x"].to_pylist(), whole)

    @unittest.skipUnless(has("pyarrow"), "pyarrow is not here")
    def test_pyarrow(self):
        import datetime

        import pyarrow

        table = pyarrow.table({
            "i": pyarrow.array([1, None, 3], pyarrow.int16()), "f": pyarrow.array([1.5, 2.5, None], pyarrow.float32()), "b": [True, None, False],
            "s": ["a", None, "ccc"], "l": pyarrow.array(["x", "yy", None], pyarrow.large_string()),
            "d": pyarrow.array(["p", "q", "p"]).dictionary_encode(), "day": [datetime.date(2026, 1, 1), None, datetime.date(1960, 1, 1)],
            "t": pyarrow.array([1, None, 3], pyarrow.timestamp("ms")), "n": pyarrow.nulls(3),
        })
        model = self.store.log_frame(table.slice(0, 3).combine_chunks(), "arrow", [5, 6, 7])
        got = model["frame"].arrow()
        for name in ("i", "b", "s", "l", "d"):
            self.assertEqual(got.column(name).to_pylist(), table.column(name).to_pylist(), name)
        self.assertEqual(got.column("day").to_pylist(), table.column("day").to_pylist())
        self.assertEqual(got.column("t").to_pylist(), table.column("t").to_pylist())
        self.assertEqual(got.column("f").to_pylist(), [1.5, 2.5, None])
        part = pyarrow.table({"s": ["zero", "one", "two", "three"], "b": [True, False, True, True]}).slice(1, 2)
        model = self.store.log_frame(part, "slice", [1, 2])
        self.assertEqual(model["frame"].arrow().column("s").to_pylist(), ["one", "two"])
        self.assertEqual(model["frame"].arrow().column("b").to_pylist(), [False, True])
        bytes_as_text = pyarrow.Array.from_buffers(pyarrow.string(), 1, [None, pyarrow.py_buffer(np.int32([0, 2])), pyarrow.py_buffer(b"\xff\xfe")])
        for name, wrong in {"list": pyarrow.array([[1]]), "zone": pyarrow.array([1], pyarrow.timestamp("us", "UTC")), "UTF-8": bytes_as_text}.items():
            with self.subTest(name), self.refused(mistique.InvalidError):
                self.store.log_frame(pyarrow.table({"x": wrong}), name, [1])


if __name__ == "__main__":
    unittest.main()

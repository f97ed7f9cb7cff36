"""Columns of Python objects: numbers, booleans and texts among what is missing, and lists of texts."""

import tracemalloc
import unittest

import numpy as np
from support import StoreCase, has

import mistique
from mistique._objects import typed


def objects(*values):
    """An array of objects."""
    found = np.empty(len(values), object)
    for place, value in enumerate(values):
        found[place] = value
    return found


class ObjectTests(StoreCase):
    def test_columns_of_one_kind_are_typed(self):
        columns = {
            "whole": objects(1, None, -(2**62) - 1), "flag": objects(True, None, False), "real": objects(1, 0.5, None), "small": objects(*np.int8([1, 2, 3])),
            "nan": objects(1.5, float("nan"), None), "large": objects(2**63 - 1, 0, None), "text": objects("a\0", None, float("nan")),
            "nothing": objects(None, None, None), "no text": objects(float("nan"), None, float("nan")),
        }
        frame = self.store.log_frame(columns, "table", range(3))["frame"]
        got = {name: frame.column(name).pandas()[name] for name in columns}
        self.assertEqual([value if value == value else None for value in got["real"]], [1.0, 0.5, None])
        self.assertEqual(typed(columns["small"], None, "small")[0].dtype, np.int8)
        self.assertEqual(got["small"].tolist(), [1, 2, 3])
        texts = {name: frame.column(name).get().dict()[name].tolist() for name in ("text", "nothing", "no text")}
        self.assertEqual(texts, {"text": ["a\0", None, None], "nothing": [None] * 3, "no text": [None] * 3})
        if has("pandas"):
            self.assertEqual((str(got["whole"].dtype), got["whole"][2]), ("Int64", -(2**62) - 1))
            self.assertEqual((str(got["flag"].dtype), got["flag"].isna().tolist()), ("boolean", [False, True, False]))
            self.assertEqual(got["large"][0], 2**63 - 1)

    def test_mixed_columns_are_refused(self):
        wrong = {
            "text": objects("a", 1), "flag": objects(True, 1), "rounded": objects(2**53 + 1, 0.5), "huge": objects(2**64, 1), "both": objects(2**63, -1),
            "enormous": objects(10**400, 0.5)}
        for name, values in wrong.items():
            with self.subTest(name), self.refused(mistique.InvalidError, "column 'x'"):
                self.store.log_frame({"x": values}, name, range(2))

    @unittest.skipUnless(has("pandas"), "pandas is not here")
    def test_categories_and_sparse_columns(self):
        import pandas as pd

        table = pd.DataFrame({
            "kind": pd.Categorical([3, None, 1]), "name": pd.Categorical(["a", None, "b"]), "sparse": pd.arrays.SparseArray([0.0, 1.5, np.nan], fill_value=0.0),
            "rare": pd.arrays.SparseArray([0, 0, 7])})
        got = self.store.log_frame(table, "table", range(3))["frame"].pandas()
        self.assertEqual((str(got["kind"].dtype), got["kind"][0], got["kind"].isna().tolist()), ("Int64", 3, [False, True, False]))
        self.assertEqual(got["name"].isna().tolist(), [False, True, False])
        np.testing.assert_array_equal(got["sparse"], [0.0, 1.5, np.nan])
        self.assertEqual(got["rare"].tolist(), [0, 0, 7])
        alone = self.store.log_frame({"x": table["sparse"].array}, "alone", range(3))["frame"]
        np.testing.assert_array_equal(alone.pandas()["x"], [0.0, 1.5, np.nan])

    @unittest.skipUnless(has("sklearn") and has("pandas"), "scikit-learn and pandas are not here")
    def test_texts_that_pass_through(self):
        import pandas as pd
        from sklearn.compose import ColumnTransformer
        from sklearn.preprocessing import StandardScaler

        table = pd.DataFrame({"n": [1.0, 2.0, 4.0], "text": ["a", "b", "c"], "whole": [1, 2, 3]})
        step = ColumnTransformer([("scaled", StandardScaler(), ["n"]), ("rest", "passthrough", ["text", "whole"])]).fit(table)
        got = self.store.capture_pipeline(step, table, range(3), "passed")["output"].pandas()
        self.assertEqual(got["rest__text"].tolist(), ["a", "b", "c"])
        np.testing.assert_array_equal(got["scaled__n"], step.transform(table)[:, 0].astype(float))
        self.assertEqual((got["rest__whole"].dtype.kind, got["rest__whole"].tolist()), ("i", [1, 2, 3]))

    @unittest.skipUnless(has("sklearn"), "scikit-learn is not here")
    def test_lists_of_texts(self):
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.pipeline import make_pipeline

        texts = ["a b\0", "", "b c"] + ["c"] * 997
        model = self.store.capture_pipeline(make_pipeline(CountVectorizer(token_pattern=r"\w")).fit(texts), texts, range(1000), "texts")
        self.assertEqual(model["input"].get().dict()["x0"].tolist(), texts)
        self.assertEqual(self.store.log_frame([["a\0", 1], ["b", None]], "rows", range(2))["frame"].get().dict()["x0"].tolist(), ["a\0", "b"])
        long = ["x" * 1_000_000] + ["y"] * 200
        tracemalloc.start()
        self.store.log_frame(long, "long", range(201))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.assertLess(peak, 50 << 20)


if __name__ == "__main__":
    unittest.main()

"""Captures of scikit-learn pipelines."""

import unittest

import numpy as np
from support import StoreCase, has

import mistique


@unittest.skipUnless(has("sklearn") and has("pandas"), "scikit-learn and pandas are not here")
class PipelineTests(StoreCase):
    def setUp(self):
        super().setUp()
        import pandas
        from sklearn.compose import ColumnTransformer
        from sklearn.impute import SimpleImputer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import Pipeline, make_pipeline
        from sklearn.preprocessing import OneHotEncoder, StandardScaler

        rng = np.random.default_rng(9)
        self.X = pandas.DataFrame({"a": rng.standard_normal(40), "b": rng.standard_normal(40), "kind": rng.choice(["x", "y", "z"], 40)})
        self.X.loc[3, "a"] = np.nan
        self.y = (self.X["b"] > 0).astype(int)
        numbers = make_pipeline(SimpleImputer(), StandardScaler())
        columns = ColumnTransformer([("num", numbers, ["a", "b"]), ("cat", OneHotEncoder(), ["kind"])])
        self.pipeline = Pipeline([("prep", columns), ("skip", "passthrough"), ("model", LogisticRegression())])

    def test_every_step(self):
        self.pipeline.fit(self.X, self.y)
        ids = np.arange(40) * 7
        model = self.store.capture_pipeline(self.pipeline, self.X, ids, "homes")
        self.assertEqual(list(model), ["input", "prep", "prep__num", "prep__cat", "model", "model.predict_proba", "model.decision_function"])
        prepared = self.pipeline[:-1].transform(self.X)
        prepared = prepared.toarray() if hasattr(prepared, "toarray") else prepared
        got = model["prep"].pandas()
        self.assertEqual(list(got.columns), ["num__a", "num__b", "cat__kind_x", "cat__kind_y", "cat__kind_z"])
        self.assertEqual(got.index.tolist(), ids.tolist())
        np.testing.assert_array_equal(got.to_numpy(), prepared)
        self.assertEqual(list(model["prep__cat"].pandas().columns), ["cat__kind_x", "cat__kind_y", "cat__kind_z"])
        np.testing.assert_array_equal(model["model"].pandas()["prediction"], self.pipeline.predict(self.X))
        np.testing.assert_array_equal(model["model.predict_proba"].pandas().to_numpy(), self.pipeline.predict_proba(self.X))
        self.assertEqual(list(model["model.predict_proba"].pandas().columns), ["0", "1"])
        np.testing.assert_array_equal(model["input"].pandas()["kind"], self.X["kind"])
        best = model["prep"].column("num__b").topk(1)
        self.assertEqual(best.ids[0], ids[self.X["b"].to_numpy().argmax()])

    def test_what_cannot_be_captured(self):
        with self.refused(mistique.InvalidError, "pipeline"):
            self.store.capture_pipeline(self.pipeline, self.X, range(40), "unfitted")
        with self.refused(mistique.InvalidError, "pipeline"):
            self.store.capture_pipeline(object(), self.X, range(40), "object")
        self.pipeline.fit(self.X, self.y)
        with self.refused(mistique.InvalidError):
            self.store.capture_pipeline(self.pipeline, self.X, range(39), "ids")
        self.assertEqual(list(self.store), [])


if __name__ == "__main__":
    unittest.main()

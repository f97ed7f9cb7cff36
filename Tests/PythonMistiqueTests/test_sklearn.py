"""Captures of scikit-learn pipelines."""

import unittest
import unittest.mock

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
        self.assertEqual(list(model), [
            "input", "prep", "prep__num__simpleimputer", "prep__num__standardscaler", "prep__num", "prep__cat", "model", "model.predict_proba", "model.decision_function"])
        prepared = self.pipeline[:-1].transform(self.X)
        prepared = prepared.toarray() if hasattr(prepared, "toarray") else prepared
        got = model["prep"].pandas()
        self.assertEqual(list(got.columns), ["num__a", "num__b", "cat__kind_x", "cat__kind_y", "cat__kind_z"])
        self.assertEqual(got.index.tolist(), ids.tolist())
        np.testing.assert_array_equal(got.to_numpy(), prepared)
        # The steps of a pipeline within are what they are when they run by themselves.
        imputed = self.pipeline["prep"].named_transformers_["num"][0].transform(self.X[["a", "b"]])
        np.testing.assert_array_equal(model["prep__num__simpleimputer"].pandas().to_numpy(), imputed)
        self.assertEqual(list(model["prep__num__simpleimputer"].pandas().columns), ["a", "b"])
        np.testing.assert_array_equal(model["prep__num__standardscaler"].numpy(), model["prep__num"].numpy())
        self.assertEqual(list(model["prep__cat"].pandas().columns), ["cat__kind_x", "cat__kind_y", "cat__kind_z"])
        np.testing.assert_array_equal(model["model"].pandas()["prediction"], self.pipeline.predict(self.X))
        np.testing.assert_array_equal(model["model.predict_proba"].pandas().to_numpy(), self.pipeline.predict_proba(self.X))
        self.assertEqual(list(model["model.predict_proba"].pandas().columns), ["0", "1"])
        np.testing.assert_array_equal(model["input"].pandas()["kind"], self.X["kind"])
        best = model["prep"].column("num__b").topk(1)
        self.assertEqual(best.ids[0], ids[self.X["b"].to_numpy().argmax()])

    def test_a_column_transformer_by_itself(self):
        columns = self.pipeline["prep"].fit(self.X)
        model = self.store.capture_pipeline(columns, self.X, range(40), "columns")
        self.assertEqual(list(model), ["input", "num__simpleimputer", "num__standardscaler", "num", "cat", "output"])
        output = columns.transform(self.X)
        output = output.toarray() if hasattr(output, "toarray") else output
        np.testing.assert_array_equal(model["output"].numpy(), output)
        np.testing.assert_array_equal(model["num"].numpy(), output[:, :2])
        self.assertEqual(list(model["num"].pandas().columns), ["num__a", "num__b"])
        # In a table whose columns come in another order.
        other = self.store.capture_pipeline(columns, self.X[["kind", "b", "a"]], range(40), "other order")
        np.testing.assert_array_equal(other["num__simpleimputer"].numpy(), model["num__simpleimputer"].numpy())

    def test_pipelines_within_a_column_transformer(self):
        from sklearn.compose import ColumnTransformer
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

        numbers = np.random.default_rng(3).standard_normal((40, 3)).astype(np.float32) * 5 + 2
        inner = make_pipeline(StandardScaler(copy=False), MinMaxScaler(copy=False))
        columns = ColumnTransformer(
            [("both", inner, slice(0, 2)), ("deep", make_pipeline(make_pipeline(StandardScaler()), "passthrough"), [2]), ("rest", "passthrough", [0])],
            transformer_weights={"both": 3.0}).fit(numbers.copy())
        model = self.store.capture_pipeline(columns, numbers.copy(), range(40), "arrays")
        self.assertEqual(list(model), [
            "input", "both__standardscaler", "both__minmaxscaler", "both", "deep__pipeline__standardscaler", "deep__pipeline", "deep", "rest", "output"])
        scaler, last = columns.named_transformers_["both"]
        scaled = scaler.transform(numbers[:, :2].copy())
        np.testing.assert_array_equal(model["both__standardscaler"].numpy(), scaled)
        np.testing.assert_array_equal(model["both__minmaxscaler"].numpy(), last.transform(scaled.copy()))
        np.testing.assert_array_equal(model["output"].numpy(), columns.transform(numbers.copy()))
        # What gives other values each time is not taken for what the transformer computed.
        rng = np.random.default_rng(1)
        random = FunctionTransformer(lambda X: X + rng.standard_normal(X.shape))
        columns = ColumnTransformer([("noise", make_pipeline(random, StandardScaler()), [0, 1])]).fit(numbers)
        with self.assertWarnsRegex(UserWarning, "noise: the steps"):
            model = self.store.capture_pipeline(columns, numbers, range(40), "random")
        self.assertEqual(list(model), ["input", "noise", "output"])

    def test_steps_within_a_column_transformer_that_cannot_be_stored(self):
        from sklearn.base import BaseEstimator, TransformerMixin
        from sklearn.compose import ColumnTransformer
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.pipeline import make_pipeline

        class Step(TransformerMixin, BaseEstimator):
            def fit(self, X, y=None):
                self.fitted_ = True
                return self

        class Twice(Step):
            def transform(self, X):
                return np.concatenate([X, X], axis=1)

            def get_feature_names_out(self, given=None):
                return ["one", "one"]

        class Tokens(Step):
            def transform(self, X):
                return [text.split() for text in X]

        class Counts(Step):
            def transform(self, X):
                return np.array([[len(row)] for row in X])

        class Once(Step):
            def __init__(self, failure=RuntimeError):
                self.failure = failure

            def fit(self, X, y=None):
                self.calls_, self.fitted_ = 0, True
                return self

            def transform(self, X):
                self.calls_ += 1
                if self.calls_ == 3:  # of the fit, of the capture, and of the steps
                    raise self.failure("it runs twice")
                return X

        texts = [f"a {row} b" + " c" * (row % 3) for row in range(40)]
        self.X["text"] = texts
        words = make_pipeline(CountVectorizer(token_pattern=r"\w+"), TruncatedSVD(2))
        cases = {
            "twice": (make_pipeline(Twice(), Counts()), ["b"], "twice__twice"), "tokens": (make_pipeline(Tokens(), Counts()), "text", "tokens__tokens"),
            "sparse": (words, "text", "sparse__countvectorizer"), "runtime": (make_pipeline(Once()), ["b"], None),
            "unknown": (make_pipeline(Once(NotImplementedError)), ["b"], None)}
        for name, (inner, columns, left_out) in cases.items():
            with self.subTest(name), unittest.mock.patch("mistique._sklearn_columns.MOST_DENSE_BYTES", 1_000):
                whole = ColumnTransformer([(name, inner, columns)]).fit(self.X)
                with self.assertWarnsRegex(UserWarning, "not stored"):
                    model = self.store.capture_pipeline(whole, self.X, range(40), name)
                steps = [f"{name}__{step}" for step, _ in whole.named_transformers_[name].steps] if left_out else []
                self.assertEqual(list(model), ["input"] + [step for step in steps if step != left_out] + [name, "output"])
                self.assertEqual(len(model["output"]), 40)

    def test_a_last_step_that_transforms_and_predicts(self):
        from sklearn.cluster import DBSCAN, KMeans
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        X = self.X[["b"]].to_numpy()
        pipeline = make_pipeline(StandardScaler(), KMeans(3, n_init=2, random_state=0)).fit(X)
        model = self.store.capture_pipeline(pipeline, X, range(40), "clusters")
        self.assertEqual(list(model), ["input", "standardscaler", "kmeans", "kmeans.transform"])
        np.testing.assert_array_equal(model["kmeans"].pandas()["prediction"], pipeline.predict(X))
        distances = model["kmeans.transform"].pandas()
        self.assertEqual(list(distances.columns), ["kmeans0", "kmeans1", "kmeans2"])
        np.testing.assert_array_equal(distances.to_numpy(), pipeline.transform(X))
        # Within a pipeline the next step gets the distances; where the inner pipeline ends the outer one, it predicts.
        inner = make_pipeline(StandardScaler(), KMeans(3, n_init=2, random_state=0))
        model = self.store.capture_pipeline(make_pipeline(inner, StandardScaler()).fit(X), X, range(40), "within")
        self.assertEqual(list(model), ["input", "pipeline__standardscaler", "pipeline__kmeans", "pipeline", "standardscaler"])
        self.assertEqual(model["pipeline__kmeans"].column_count, 3)
        outer = make_pipeline(StandardScaler(), inner).fit(X)
        model = self.store.capture_pipeline(outer, X, range(40), "last")
        names = ["pipeline__standardscaler", "pipeline__kmeans", "pipeline__kmeans.transform", "pipeline", "pipeline.transform"]
        self.assertEqual(list(model), ["input", "standardscaler"] + names)
        np.testing.assert_array_equal(model["pipeline"].pandas()["prediction"], outer.predict(X))
        with self.refused(mistique.InvalidError, "dbscan"):
            self.store.capture_pipeline(make_pipeline(StandardScaler(), DBSCAN()).fit(X), X, range(40), "nothing")

    def test_decisions_of_pairs_have_no_names_of_classes(self):
        from sklearn.feature_selection import RFE
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from sklearn.svm import SVC

        X = self.X[["b"]].to_numpy()
        y = np.arange(40) % 3
        for shape, names in (("ovo", ["x0", "x1", "x2"]), ("ovr", ["0", "1", "2"])):
            pipeline = make_pipeline(StandardScaler(), SVC(decision_function_shape=shape)).fit(X, y)
            model = self.store.capture_pipeline(pipeline, X, range(40), shape)
            self.assertEqual(list(model["svc.decision_function"].pandas().columns), names)
        wide = np.c_[X, X ** 2]
        pipeline = make_pipeline(StandardScaler(), RFE(SVC(kernel="linear", decision_function_shape="ovo"), n_features_to_select=1)).fit(wide, y)
        model = self.store.capture_pipeline(pipeline, wide, range(40), "rfe")
        self.assertEqual(list(model["rfe.decision_function"].pandas().columns), ["x0", "x1", "x2"])

    def test_steps_that_work_in_place(self):
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GridSearchCV
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        numbers = np.random.default_rng(3).standard_normal((40, 3)) * 5 + 2
        labels = (numbers[:, 0] > 2).astype(int)
        inner = make_pipeline(StandardScaler(copy=False), LogisticRegression())
        for name, last in (("pipeline", inner), ("search", GridSearchCV(inner, {"logisticregression__C": [1.0, 2.0]}, cv=2))):
            pipeline = make_pipeline(StandardScaler(), last).fit(numbers.copy(), labels)
            model = self.store.capture_pipeline(pipeline, numbers.copy(), range(40), name)
            step = pipeline.steps[-1][0]
            for kind, right in (("", pipeline.predict(numbers.copy())), (".predict_proba", pipeline.predict_proba(numbers.copy()))):
                with self.subTest(name + kind):
                    np.testing.assert_array_equal(model[step + kind].numpy().reshape(right.shape), right)

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

"""Questions: rows, columns, top-k, plans, bounds, re-runs, and how things look."""

import unittest

import numpy as np
from support import StoreCase, has

import mistique


class ReadTests(StoreCase):
    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(7)
        self.maps = rng.standard_normal((60, 3, 4, 5)).astype(np.float32)
        self.dense = rng.standard_normal((60, 8)).astype(np.float32)
        with self.store.capture(None, "net", note={"purpose": "tests"}) as capture:
            for start in range(0, 60, 20):
                with capture.rows(range(start, start + 20)):
                    capture.add("layer.1", self.maps[start:start + 20])
                    capture.add("fc", self.dense[start:start + 20])

    def test_columns(self):
        net = self.store["net"]
        self.assertEqual(net["fc"].columns, [f"n{unit}" for unit in range(8)])
        self.assertEqual(net["layer.1"].columns[:6], ["n0_0_0", "n0_0_1", "n0_0_2", "n0_0_3", "n0_0_4", "n0_1_0"])
        np.testing.assert_array_equal(net["fc"].unit(3).numpy()[:, 0], self.dense[:, 3])
        np.testing.assert_array_equal(net["layer.1"].unit(2).rows([9, 3]).numpy(), self.maps[[9, 3], 2].reshape(2, -1))
        np.testing.assert_array_equal(net["layer.1"].column("n1_2_3").numpy()[:, 0], self.maps[:, 1, 2, 3])
        with self.refused(mistique.NotFoundError):
            net["fc"].unit(8).numpy()
        # One channel has as many dimensions as one of many.
        with self.store.capture(None, "grey") as capture, capture.rows([1, 2]):
            capture.add("image", np.arange(12, dtype=np.float32).reshape(2, 1, 2, 3))
        grey = self.store["grey"]["image"]
        self.assertEqual((grey.numpy().shape, grey.unit(0).numpy().shape), ((2, 1, 2, 3), (2, 6)))
        np.testing.assert_array_equal(grey.unit(0).rows([2]).numpy(), [[6, 7, 8, 9, 10, 11]])

    def test_region(self):
        layer = self.store["net"]["layer.1"]
        region = layer.region(2, rows=(1, 4), columns=(0, 2))
        np.testing.assert_array_equal(region.numpy(), self.maps[:, 2, 1:4, 0:2])
        np.testing.assert_array_equal(region.rows([9, 3]).numpy(), self.maps[[9, 3], 2, 1:4, 0:2])
        np.testing.assert_array_equal(layer.region(0, (0, 4), (0, 5)).numpy(), self.maps[:, 0])
        np.testing.assert_array_equal(layer.region(0, (2, 3), (4, 5)).column("n1").numpy(), self.maps[:, 1].reshape(60, -1))
        ids, values = region.topk(3)
        maxima = self.maps[:, 2, 1:4, 0:2].reshape(60, -1).max(1)
        np.testing.assert_array_equal(ids, np.argsort(-maxima, kind="stable")[:3])
        np.testing.assert_array_equal(values, maxima[ids].astype(np.float64))
        lower, upper = region.bounds()
        np.testing.assert_array_equal(lower, self.maps[:, 2, 1:4, 0:2])
        np.testing.assert_array_equal(upper, lower)
        with self.refused(mistique.NotFoundError):
            layer.region(2, (1, 5), (0, 2)).numpy()
        for rows in ((2, 2), (3, 1), (-1, 2)):
            with self.refused(mistique.InvalidError):
                layer.region(2, rows, (0, 2))
        with self.assertRaises(TypeError):
            layer.region(2, (0.5, 3), (0, 2))

    def test_ids_are_the_answers_own(self):
        layer = self.store["net"]["fc"]
        asked = np.array([5])
        question, answers = layer.rows(asked), []
        for row in (7, 9):
            asked[0] = row
            answers.append(layer.rows(asked).get())
        self.assertEqual([int(answer.ids[0]) for answer in answers], [7, 9])
        np.testing.assert_array_equal(question.numpy()[0], self.dense[5])
        question.get().ids[0] = 1
        question.ids()[0] = 1
        np.testing.assert_array_equal(question.numpy()[0], self.dense[5])

    def test_region_of_pooled_maps(self):
        with self.store.capture(None, "pooled", policy="dedup + pool(2)") as capture:
            with capture.rows(range(60)):
                capture.add("layer.1", self.maps[:, :, :4, :4])
        pooled = self.maps[:, 1, :4, :4].reshape(60, 2, 2, 2, 2).mean((2, 4))
        found = self.store["pooled"]["layer.1"].region(1, (0, 2), (1, 2)).numpy()
        np.testing.assert_allclose(found, pooled[:, :, 1:2], rtol=1e-5, atol=1e-6)

    def test_topk(self):
        ids, values = self.store.topk("net/fc", unit=3, k=5)
        order = np.argsort(-self.dense[:, 3], kind="stable")[:5]
        np.testing.assert_array_equal(ids, order)
        np.testing.assert_array_equal(values, self.dense[order, 3].astype(np.float64))
        ids, _ = self.store.topk("net/layer.1", unit=1, k=1)
        self.assertEqual(ids[0], self.maps[:, 1].reshape(60, -1).max(1).argmax())
        ids, _ = self.store["net"]["fc"].unit(0).topk(100, smallest=True)
        self.assertEqual(len(ids), 60)
        layer = self.store["net"]["fc"].unit(0)
        # Exact answers, and those of a plan, are not what the stored values give.
        for wrong in (lambda: self.store.topk("net/fc"), lambda: self.store.topk("net"), lambda: self.store.topk("net/fc", 3, -1),
                      lambda: layer.exact().topk(1), lambda: layer.options(plan="read").topk(1)):
            with self.refused(mistique.InvalidError):
                wrong()

    def test_what_is_there(self):
        self.assertEqual(list(self.store), ["net"])
        self.assertIn("net", self.store)
        self.assertIn("python.net", self.store)
        self.assertNotIn("other", self.store)
        self.assertEqual(self.store["net"].note["purpose"], "tests")
        with self.refused(mistique.NotFoundError) as refused:
            self.store["nte"]
        self.assertIn("python.net", refused.error.remedy)
        with self.refused(mistique.NotFoundError) as refused:
            self.store["net"]["fc2"]
        self.assertIn("fc", refused.error.remedy)
        with self.assertRaises(KeyError):
            self.store["net"]["fc2"]

    def test_how_things_look(self):
        self.assertIn("python.net", repr(self.store))
        self.assertIn("(3, 4, 5)", repr(self.store["net"]))
        shown = repr(self.store["net"]["layer.1"])
        for word in ("60", "float32", "read", "exact"):
            self.assertIn(word, shown)
        with self.store.capture(None, "<script>") as capture, capture.rows([1]):
            capture.add("<b>", np.float32([1]))
        for thing in (self.store, self.store["<script>"], self.store["<script>"]["<b>"]):
            page = thing._repr_html_()
            self.assertIn("<table>", page)
            self.assertIn("&lt;", page)
            self.assertNotIn("<script>", page)

    def test_views_outlive_everything(self):
        view = self.store["net"]["fc"].numpy()
        self.assertFalse(view.flags.writeable)
        part = view[10:12]
        del view
        self.store.delete("net")
        self.store.close()
        np.testing.assert_array_equal(part, self.dense[10:12])
        with self.refused(mistique.BadHandleError):
            self.store["net"]

    def test_copies_can_be_written(self):
        copy = self.store["net"]["fc"].numpy(copy=True)
        copy[:] = 0
        np.testing.assert_array_equal(self.store["net"]["fc"].numpy(), self.dense)

    def test_plans_and_options(self):
        plan = self.store["net"]["fc"].plan()
        self.assertEqual((plan.choice, plan.is_exact), ("read", True))
        with self.refused(mistique.CannotPlanError):
            self.store["net"]["fc"].options(plan="rerun").numpy()
        with self.refused(mistique.InvalidError):
            self.store["net"]["fc"].options(plan="guess")
        np.testing.assert_array_equal(self.store["net"]["fc"].options(plan="read", bound=0).numpy(), self.dense)

    def test_what_is_said_of_bounds(self):
        self.assertEqual(self.store["net"]["fc"].plan().error_bound, 0)
        self.assertIn("exact", repr(self.store["net"]["fc"]))
        values = np.random.default_rng(5).standard_normal((40, 8)).astype(np.float32)
        for policy, says in (("dedup + bound(0.2rms)", "within "), ("dedup + kbit(3)", "quantized: bounds() says how near")):
            with self.store.capture(None, policy[8:13], policy=policy) as capture, capture.rows(range(40)):
                capture.add("a", values)
            layer = self.store[policy[8:13]]["a"]
            plan, answer = layer.plan(), layer.get()
            self.assertEqual((plan.error_bound, plan.is_exact), (answer.error_bound, False))
            for shown in (repr(layer), layer._repr_html_()):
                self.assertIn(says if plan.error_bound is None else f"within {plan.error_bound:.3g} of what was emitted", shown)
            if plan.error_bound is not None:
                self.assertLessEqual(np.abs(answer.numpy() - values).max(), plan.error_bound)

    def test_nothing_and_everything(self):
        self.assertEqual(self.store["net"]["fc"].rows([]).numpy().shape, (0, 8))
        np.testing.assert_array_equal(np.asarray(self.store["net"]["fc"]), self.dense)

    def test_verify_and_delete(self):
        self.assertTrue(self.store.verify())
        self.assertGreater(self.store.delete("net"), 0)
        self.assertEqual(len(self.store), 0)
        with self.refused(mistique.NotFoundError):
            self.store.delete("net")

    def test_reruns(self):
        with self.store.capture(None, "again", policy="dedup + lp16") as capture, capture.rows(range(60)):
            capture.add("x", self.dense)
        x = self.store["again"]["x"]
        with self.refused(mistique.CannotPlanError) as refused:
            x.exact().numpy()
        self.assertIn("rerun", refused.error.remedy)
        self.assertFalse(x.get().is_exact)
        asked = []

        def function(layers, ids):
            asked.append((layers, ids.tolist()))
            return {"x": self.dense[ids]}

        self.store.rerun("again", function, ids=range(60))
        np.testing.assert_array_equal(x.rows([5, 2]).exact().numpy(), self.dense[[5, 2]])
        self.assertEqual(asked[0][0], ["x"])
        np.testing.assert_array_equal(x.exact().numpy(), self.dense)
        near = x.options(bound=1e-9).get()
        self.assertTrue(near.is_exact and near.is_rerun)
        # A model without a function is read as before.
        np.testing.assert_array_equal(self.store["net"]["fc"].numpy(), self.dense)

    def test_a_function_under_a_policy_that_stores_needs_all_ids(self):
        with self.store.capture(None, "later", policy="adaptive(0s/GB)") as capture, capture.rows(range(60)):
            capture.add("x", self.dense)
        function = lambda layers, ids: {"x": self.dense[ids]}  # noqa: E731
        with self.refused(mistique.InvalidError):
            self.store.rerun("later", function)
        self.store.rerun("later", function, ids=range(60))
        for _ in range(3):
            np.testing.assert_array_equal(self.store["later"]["x"].rows([7]).numpy(), self.dense[[7]])

    def test_a_function_does_not_write(self):
        with self.store.capture(None, "again", policy="none") as capture, capture.rows(range(60)):
            capture.add("x", self.dense)

        def deletes(layers, ids):
            self.store.delete("again")

        self.store.rerun("again", deletes)
        with self.refused(mistique.BusyError):
            self.store["again"]["x"].rows([7]).numpy()
        self.assertEqual(self.store["again"].policy, "none")

    def test_no_rows(self):
        self.assertEqual(self.store["net"]["fc"].rows([]).get().numpy().shape, (0,) + self.dense.shape[1:])

    def test_what_a_function_raises_the_question_raises(self):
        with self.store.capture(None, "fails", policy="none") as capture, capture.rows([1, 2]):
            capture.add("x", np.zeros((2, 3), np.float32))
        x = self.store["fails"]["x"].rows([1])

        def raises(layers, ids):
            raise ZeroDivisionError("on purpose")

        self.store.rerun("fails", raises)
        with self.assertRaises(ZeroDivisionError):
            x.numpy()
        for wrong in ({}, {"x": np.zeros((2, 3), np.float32)}, {"x": np.zeros((1, 4), np.float32)}, {"x": np.zeros((1, 3))}, {"x": np.float32(0)}):
            self.store.rerun("fails", lambda layers, ids: wrong)
            with self.refused(mistique.InvalidError):
                x.numpy()

        def interrupts(layers, ids):
            raise KeyboardInterrupt

        self.store.rerun("fails", interrupts)
        with self.assertRaises(KeyboardInterrupt):
            x.numpy()
        self.store.rerun("fails", None)
        with self.refused(mistique.CannotPlanError):
            x.numpy()
        self.assertTrue(self.store.verify())

    @unittest.skipUnless(has("pyarrow"), "pyarrow is not here")
    def test_arrow(self):
        import pyarrow

        table = self.store["net"]["fc"].rows([4, 2]).arrow()
        self.assertEqual(table.column_names, ["row_id", "values"])
        self.assertEqual(table.column("row_id").to_pylist(), [2, 4])
        kind = table.schema.field("values").type
        self.assertEqual((kind.list_size, kind.value_type), (8, pyarrow.float32()))
        np.testing.assert_array_equal(np.array(table.column("values").to_pylist(), np.float32), self.dense[[2, 4]])
        capsule = self.store["net"]["fc"].__arrow_c_stream__()
        del capsule  # nobody took it

    @unittest.skipUnless(has("polars"), "polars is not here")
    def test_polars(self):
        import polars

        frame = self.store["net"]["fc"].rows([4, 2]).get().polars()
        self.assertEqual(frame.columns, ["row_id", "values"])
        self.assertEqual(frame["row_id"].to_list(), [2, 4])
        np.testing.assert_array_equal(np.array(frame["values"].to_list(), np.float32), self.dense[[2, 4]])
        model = self.store.log_frame(frame.select("row_id").with_columns(text=polars.Series(["a", None])), "polars", [2, 4])
        self.assertEqual(model["frame"].get().dict()["text"].tolist(), ["a", None])

    @unittest.skipUnless(has("duckdb"), "duckdb is not here")
    def test_duckdb(self):
        import duckdb

        answer = self.store["net"]["fc"].rows([4, 2]).get()  # noqa: F841: duckdb finds it by its name
        found = duckdb.sql("select row_id, values[1] from answer order by row_id").fetchall()
        self.assertEqual([one[0] for one in found], [2, 4])
        np.testing.assert_array_equal(np.float32([one[1] for one in found]), self.dense[[2, 4], 0])


if __name__ == "__main__":
    unittest.main()

"""Values in two rungs: read within a bound, and given back."""
import unittest

import numpy as np
from support import StoreCase

import mistique


class LadderTests(StoreCase):
    def setUp(self):
        super().setUp()
        generator = np.random.default_rng(3)
        self.values = generator.normal(size=(400, 6, 4, 4)).astype(np.float32)
        self.values[np.abs(self.values) < 0.5] = 0
        with self.store.capture(None, "m", policy="dedup + ladder(0.1rms)") as capture:
            with capture.rows(range(400)):
                capture.add("layer", self.values)

    def test_within(self):
        layer = self.store["m"]["layer"]
        exact = layer.get()
        self.assertTrue(exact.is_exact)
        self.assertEqual(exact.error_bound, 0)
        self.assertTrue(np.array_equal(exact.numpy(), self.values))
        near = layer.options(within="0.1rms").get()
        self.assertFalse(near.is_exact)
        self.assertLess(near.bytes_read * 2, exact.bytes_read)
        error = np.abs(near.numpy().astype(float) - self.values).max()
        self.assertGreater(error, 0)
        self.assertLessEqual(error, near.error_bound)
        self.assertTrue(layer.options(within=near.error_bound / 2).get().is_exact)
        self.assertEqual(layer.options(bound=near.error_bound).get().error_bound, near.error_bound)
        for wrong in ({"within": "much"}, {"within": -1}, {"within": 1, "bound": 2}, {"within": 1, "accuracy": "exact"}):
            with self.subTest(wrong), self.refused(mistique.InvalidError):
                layer.options(**wrong).get()

    def test_topk(self):
        for unit in (0, 5):
            maxima = self.values[:, unit].reshape(400, -1).max(1)
            for smallest in (False, True):
                order = np.argsort(maxima if smallest else -maxima, kind="stable")[:7]
                ids, values = self.store["m"]["layer"].unit(unit).topk(7, smallest=smallest)
                np.testing.assert_array_equal(ids, order)
                np.testing.assert_array_equal(values, maxima[order].astype(np.float64))

    def test_small_layers_exactly(self):
        logits = self.values[:, :, 0, 0]
        with self.store.capture(None, "small", policy="dedup + bound(0.1rms) + exact(6)") as capture:
            with capture.rows(range(400)):
                capture.add("layer", self.values)
                capture.add("logits", logits)
        model = self.store["small"]
        answer = model["logits"].get()
        self.assertTrue(answer.is_exact)
        np.testing.assert_array_equal(answer.numpy(), logits)
        self.assertFalse(model["layer"].get().is_exact)

    def test_demotion(self):
        with self.refused(mistique.InvalidError):
            self.store.demote("m", "layer", to="0.01rms")
        self.store.demote("m", "layer", to="0.1rms")
        near = self.store["m"]["layer"].options(within="0.1rms").get()
        self.assertLessEqual(np.abs(near.numpy().astype(float) - self.values).max(), near.error_bound)
        with self.refused(mistique.CannotPlanError):
            self.store["m"]["layer"].get()
        # What is left has bounds.
        lower, upper = self.store["m"]["layer"].bounds()
        self.assertTrue((lower <= self.values).all() and (self.values <= upper).all())


if __name__ == "__main__":
    unittest.main()

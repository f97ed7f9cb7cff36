"""Layers of float64 and of wide integers: stored as columns, and given back in the type and the shape that they were captured in."""

import unittest
from unittest import mock

import numpy as np
from support import StoreCase, has

import mistique
from mistique.capture import Capture


class WideTests(StoreCase):
    types = ("float64", "int32", "int64", "uint32", "uint64")

    def values(self, kind, shape=(2, 3)):
        values = np.arange(np.prod((8,) + shape)).reshape((8,) + shape).astype(kind)
        return values / 3 if kind == "float64" else values

    def capture(self, name, layers, **options):
        with self.store.capture(None, name, **options) as capture:
            for start in (0, 4):
                with capture.rows(range(start, start + 4)):
                    for layer, values in layers.items():
                        capture.add(layer, values[start:start + 4])
        return self.reopened()[name]

    def test_type_and_shape_come_back(self):
        layers = {f"{kind} {shape}": self.values(kind, shape) for kind in self.types for shape in ((2, 3), (), (1,), (5,))}
        for resume in (False, True):
            model = self.capture(f"net {resume}", layers, resume=resume)
            self.assertEqual(set(model), set(layers))
            for layer, values in layers.items():
                with self.subTest(layer):
                    self.assertEqual((model[layer].type, model[layer].row_shape), (str(values.dtype), values.shape[1:]))
                    for found, right in ((model[layer].numpy(), values), (model[layer].rows([6, 1]).numpy(), values[[6, 1]])):
                        self.assertEqual((found.dtype, found.shape), (right.dtype, right.shape))
                        np.testing.assert_array_equal(found, right)
                    answer = model[layer].get()
                    self.assertEqual((answer.type, answer.shape, np.asarray(model[layer]).shape), (str(values.dtype), values.shape, values.shape))
                    self.assertIn(str(values.dtype), repr(answer))

    def test_values_that_are_seldom(self):
        values = np.array([[np.nan, -0.0], [np.inf, 5e-324]])
        with self.store.capture(None, "net") as capture, capture.rows([0, 1]):
            capture.add("a", values)
        np.testing.assert_array_equal(self.store["net"]["a"].numpy().view(np.int64), values.view(np.int64))

    def test_columns_are_as_they_were(self):
        model = self.capture("net", {"a": self.values("int32")})
        self.assertEqual(model["a"].columns, [f"n{place}" for place in range(6)])
        self.assertEqual(model["a"].unit(4).numpy().tolist(), [[4 + 6 * row] for row in range(8)])
        self.assertEqual(model["a"].unit(4).topk(1).ids.tolist(), [7])
        self.assertEqual(model["a"].get().dict()["n5"].tolist(), [5 + 6 * row for row in range(8)])
        self.assertIn("(2, 3)", repr(model))
        self.store.close()
        self.assertIn("a", repr(model))

    def test_another_shape_is_refused(self):
        values = self.values("int64")
        with self.store.capture(None, "net") as capture:
            with self.assertRaises(ZeroDivisionError), capture.rows([0]):
                capture.add("a", values[:1].reshape(1, 6))
                1 / 0
            with capture.rows(range(4)):
                capture.add("a", values[:4])
            for wrong in (values[4:].reshape(4, 3, 2), values[4:].reshape(4, 6), values[4:].astype(np.int32)):
                with self.refused(mistique.InvalidError, "a"), capture.rows(range(4, 8)):
                    capture.add("a", wrong)
            with capture.rows(range(4, 8)):
                capture.add("a", values[4:])
        np.testing.assert_array_equal(self.store["net"]["a"].numpy(), values)

    def test_what_is_refused_leaves_no_type(self):
        with self.store.capture(None, "net") as capture, capture.rows(range(2)):
            with self.refused(mistique.InvalidError, "a"):
                capture.add("a", np.full((2, 3), 2**63, np.uint64))
            capture.add_frame("a", {"x": [1.5, 2.5]})
        self.assertEqual(self.store["net"]["a"].get().dict()["x"].tolist(), [1.5, 2.5])
        self.assertIsNone(self.store["net"]["a"].type)

    def resumed(self, name, first, second):
        capture = self.store.capture(None, name, resume=True, checkpoint=1)
        with capture.rows(range(4)):
            capture.add("a", first)
        capture.abandon()
        with self.store.capture(None, name, resume=True) as capture, capture.rows(range(4, 8)):
            capture.add("a", second)
        return self.store[name]["a"]

    def test_resumptions(self):
        values = self.values("int32")
        np.testing.assert_array_equal(self.resumed("same", values[:4], values[4:]).numpy(), values)
        # Nobody knows which of two shapes is meant.
        self.assertEqual(self.resumed("other", values[:4], values[4:].reshape(4, 6)).numpy().shape, (8, 6))

    def test_an_older_version_noted_no_shape(self):
        values = self.values("int32")
        with mock.patch.object(Capture, "_add_wide", lambda *_: None):
            model = self.capture("older", {"a": values})
            capture = self.store.capture(None, "resumed", resume=True, checkpoint=1)
            with capture.rows(range(4)):
                capture.add("a", values[:4])
            capture.abandon()
        self.assertIsNone(model["a"].type)
        np.testing.assert_array_equal(model["a"].numpy(), values.reshape(8, 6))
        with self.store.capture(None, "resumed", resume=True) as capture, capture.rows(range(4, 8)):
            capture.add("a", values[4:])
        np.testing.assert_array_equal(self.store["resumed"]["a"].numpy(), values.reshape(8, 6))

    def test_beside_sequences(self):
        tokens = np.arange(4 * 5 * 2, dtype=np.float32).reshape(4, 5, 2)
        capture = self.store.capture(None, "net", resume=True, checkpoint=1)
        for place, row in enumerate((0, 2)):
            if place:
                capture.abandon()
                capture = self.store.capture(None, "net", resume=True, checkpoint=1)
            with capture.rows([row, row + 1], lengths=[1, 2]):
                capture.add("tokens", tokens[row:row + 2])
                capture.add("labels", np.arange(row, row + 2))
        capture.finish()
        model = self.store["net"]
        self.assertEqual(model["labels"].numpy().tolist(), [0, 1, 2, 3])
        for row, found in enumerate(model["tokens"].ragged()):
            np.testing.assert_array_equal(found, tokens[row, :1 + row % 2])

    @unittest.skipUnless(has("torch"), "PyTorch is not here")
    def test_layers_of_modules(self):
        import torch
        from torch import nn

        net, x = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2)).double(), torch.randn(8, 5, 4, dtype=torch.float64)
        with self.store.capture(net, "net") as capture, capture.rows(range(8)):
            expected = net(x).detach()
            capture.add("best", expected.argmax(-1))
        model = self.store["net"]
        self.assertTrue(torch.equal(model["1"].torch(), expected))
        self.assertTrue(torch.equal(model["best"].torch(), expected.argmax(-1)))


if __name__ == "__main__":
    unittest.main()

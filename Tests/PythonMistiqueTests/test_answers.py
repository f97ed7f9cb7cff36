"""Answers in other hands: functions that give them, and tensors that are made of them."""

import unittest

import numpy as np
from support import StoreCase, has

import mistique


class AnswerTests(StoreCase):
    def test_a_function_may_write_into_its_ids(self):
        values = np.arange(8, dtype=np.float32)[:, None]
        with self.store.capture(None, "plain", policy="none") as capture, capture.rows(range(8)):
            capture.add("0", values)

        def writes(layers, ids):
            given = values[ids]
            ids[:] = 0
            return {"0": given}

        self.store.rerun("plain", writes, ids=range(8))
        for _ in range(2):
            np.testing.assert_array_equal(self.store["plain"]["0"].numpy().reshape(8, 1), values)
            np.testing.assert_array_equal(self.store["plain"]["0"].rows([5, 3]).numpy().reshape(2, 1), values[[5, 3]])

    def test_another_model_under_the_name_is_not_taken_for_the_one_that_was_looked_up(self):
        def capture(values):
            with self.store.capture(None, "net") as capture, capture.rows(range(4)):
                capture.add("a", values)
            return self.store["net"]["a"]

        # All of the same number of values, which the shape and the type of the first would fit.
        before = np.arange(64, dtype=np.int32).reshape(4, 2, 8)
        for after in (before.reshape(4, 4, 4) + 1, before.astype(np.int64), before.astype(np.float32)):
            with self.subTest(after.dtype.name):
                old = capture(before)
                np.testing.assert_array_equal(old.numpy(), before)
                self.store.delete("net")
                new = capture(after)
                for ask in (old.numpy, old.rows([2, 1]).numpy, old.unit(3).numpy):
                    with self.refused(mistique.NotFoundError) as refused:
                        ask()
                    self.assertIn("again", refused.error.remedy)
                self.assertEqual((new.numpy().dtype, new.numpy().shape), (after.dtype, after.shape))
                np.testing.assert_array_equal(new.numpy(), after)
                self.store.delete("net")
        old = capture(before.astype(np.float32))
        lower, _ = old.bounds()
        np.testing.assert_array_equal(lower, before)
        self.store.delete("net")
        capture(before.astype(np.float32).reshape(4, 4, 4))
        with self.refused(mistique.NotFoundError):
            old.bounds()

    def test_a_number_of_best_rows_is_whole_and_may_be_larger_than_memory(self):
        with self.store.capture(None, "net") as capture, capture.rows(range(3)):
            capture.add("a", np.float32([[1], [3], [2]]))
        layer = self.store["net"]["a"]
        self.assertEqual(layer.topk(10**15).ids.tolist(), [1, 2, 0])
        with self.assertRaises(TypeError):
            layer.topk(1.5)

    def test_padding_is_of_the_type_of_the_values(self):
        for kind, wrong, right in (
            (np.uint8, (-1, 256, 0.5, np.nan, np.inf), 255), (np.int16, (40_000, np.nan), -9), (np.float16, (-1e9, 65_505), -np.inf), (np.float32, (1e39,), 0.1),
        ):
            name = np.dtype(kind).name
            with self.store.capture(None, name) as capture, capture.rows([0, 1], lengths=[2, 1]):
                capture.add("a", np.ones((2, 3, 2), kind))
            layer = self.store[name]["a"]
            for fill in wrong:
                with self.subTest((name, fill)), self.refused(mistique.InvalidError, "fill"):
                    layer.padded(fill)
            values, mask = layer.padded(right)
            self.assertEqual((values.dtype, values[mask].tolist()), (np.dtype(kind), [[1, 1]] * 3))
            np.testing.assert_array_equal(values[~mask], np.full((3, 2), right, kind))

    @unittest.skipUnless(has("torch"), "PyTorch is not here")
    def test_types_that_pytorch_does_not_have(self):
        import torch

        values = np.arange(3, dtype=np.uint16)[:, None]
        with self.store.capture(None, "short") as capture, capture.rows(range(3)):
            capture.add("0", values)
        answer = self.store["short"]["0"].get()
        if hasattr(torch, "uint16"):
            np.testing.assert_array_equal(answer.torch().numpy().reshape(3, 1), values)
        else:
            with self.refused(mistique.InvalidError) as refused:
                answer.torch()
            self.assertIn("numpy()", refused.error.remedy)


if __name__ == "__main__":
    unittest.main()

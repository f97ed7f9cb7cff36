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

"""The first block of a capture, which settles the note: nothing that it was given is lost, and nothing is stored twice."""

import unittest

import numpy as np
from support import StoreCase, has

import mistique

if has("torch"):
    import torch
    from torch import nn


@unittest.skipUnless(has("torch"), "PyTorch is not here")
class FirstBlockTests(StoreCase):
    def setUp(self):
        super().setUp()
        torch.manual_seed(1)
        self.net, self.inputs = nn.Sequential(nn.Linear(4, 3)).eval(), torch.randn(8, 4)

    def test_what_is_added_before_the_model_runs_is_stored(self):
        labels, vectors = np.arange(8), np.arange(16, dtype=np.float32).reshape(8, 2)
        with self.store.capture(self.net, "net") as capture, capture.rows(range(8)):
            capture.add_frame("labels", {"y": labels, "text": [f"row {row}" for row in labels]})
            capture.add("vectors", vectors)
            capture.add("wide", labels)
            capture.add("tensor", self.inputs)
            # With gradients, which the note does not say yet: the capture begins anew.
            expected = self.net(self.inputs).detach()
            labels[:], vectors[:] = -1, -1
            self.inputs.mul_(2)
            capture.add("after", expected)
        stored = self.reopened()["net"]
        self.assertTrue(stored.note["grad"])
        self.assertEqual(set(stored), {"labels", "vectors", "wide", "tensor", "0", "after"})
        self.assertEqual(stored["labels"].get().dict()["y"].tolist(), list(range(8)))
        self.assertEqual(stored["labels"].get().dict()["text"].tolist(), [f"row {row}" for row in range(8)])
        np.testing.assert_array_equal(stored["vectors"].numpy(), np.arange(16, dtype=np.float32).reshape(8, 2))
        np.testing.assert_array_equal(stored["wide"].numpy().reshape(8), np.arange(8))
        np.testing.assert_array_equal(stored["tensor"].numpy(), self.inputs.numpy() / 2)
        np.testing.assert_array_equal(stored["0"].numpy(), expected.numpy())

    def test_sequences_before_the_model_runs(self):
        tokens = np.arange(8 * 5 * 2, dtype=np.float32).reshape(8, 5, 2)
        with self.store.capture(self.net, "net") as capture:
            for start in (0, 4):
                with capture.rows(range(start, start + 4), lengths=[5, 4, 3, 2]):
                    capture.add("tokens", tokens[start:start + 4])
                    self.net(self.inputs[start:start + 4])
        found = self.store["net"]["tokens"].ragged()
        for row in range(8):
            np.testing.assert_array_equal(found[row], tokens[row, :5 - row % 4])

    @unittest.skipUnless(has("pyarrow"), "pyarrow is not here")
    def test_arrow_before_the_model_runs(self):
        import pyarrow

        table = pyarrow.table({"y": list(range(8))})
        with self.store.capture(self.net, "net") as capture:
            with self.assertRaises(ZeroDivisionError), capture.rows(range(8)):
                capture.add_frame("labels", table)
                1 / 0
            with capture.rows(range(8)):
                # A stream can be read once.
                capture.add_frame("labels", pyarrow.RecordBatchReader.from_batches(table.schema, table.to_batches()))
                self.net(self.inputs)
        self.assertEqual(self.store["net"]["labels"].get().dict()["y"].tolist(), list(range(8)))

    @unittest.skipUnless(has("pyarrow"), "pyarrow is not here")
    def test_arrow_in_memory_that_changes(self):
        import pyarrow

        def column(kind, values):
            buffer = np.array(values)
            return buffer, pyarrow.Array.from_buffers(kind, len(values), [None, pyarrow.py_buffer(buffer)])

        y, truths = np.arange(10), np.frombuffer(bytearray([0b01010101, 1]), np.uint8)
        times, times_column = column(pyarrow.timestamp("us"), np.arange(10))
        texts = np.frombuffer(bytearray(b"abcdefghij"), np.uint8)
        offsets = pyarrow.py_buffer(np.arange(11, dtype=np.int32))
        text_column = pyarrow.Array.from_buffers(pyarrow.string(), 10, [None, offsets, pyarrow.py_buffer(texts)])
        codes = np.array([0, 1] * 5, np.int8)
        kinds = pyarrow.DictionaryArray.from_arrays(pyarrow.array(codes), pyarrow.array(["x", "z"]))
        table = pyarrow.table({
            "y": y, "missing": pyarrow.array([None, 1.5] * 5), "truth": pyarrow.Array.from_buffers(pyarrow.bool_(), 10, [None, pyarrow.py_buffer(truths)]),
            "time": times_column, "text": text_column, "kind": kinds, "null": pyarrow.nulls(10)})
        expected = table.slice(1, 8).to_pylist()
        with self.store.capture(self.net, "net") as capture, capture.rows(range(8)):
            capture.add_frame("labels", table.slice(1, 8))
            capture.add_frame("empty", pyarrow.table({"a": pyarrow.array([""] * 8)}))
            y[:], times[:], texts[:], codes[:] = -1, -1, ord("!"), 1
            truths.setflags(write=True)
            truths[:] = 0
            self.net(self.inputs)
        found = self.store["net"]["labels"].get().dict()
        self.assertEqual(found["y"].tolist(), [row["y"] for row in expected])
        self.assertEqual(found["truth"].tolist(), [row["truth"] for row in expected])
        self.assertEqual(found["time"].astype(np.int64).tolist(), list(range(1, 9)))
        self.assertEqual(found["text"].tolist(), [row["text"] for row in expected])
        self.assertEqual(found["kind"].tolist(), [row["kind"] for row in expected])
        self.assertEqual(self.store["net"]["labels"].pandas()["missing"].isna().tolist(), [False, True] * 4)
        self.assertEqual(self.store["net"]["empty"].get().dict()["a"].tolist(), [""] * 8)

    @unittest.skipUnless(has("pyarrow"), "pyarrow is not here")
    def test_arrow_of_formats_that_no_store_takes(self):
        import pyarrow

        table = pyarrow.table({"y": pyarrow.array([[row] for row in range(8)])})
        with self.refused(mistique.InvalidError, "y") as refused, self.store.capture(self.net, "net") as capture, capture.rows(range(8)):
            capture.add_frame("labels", table)
            self.net(self.inputs)
        self.assertIn("format", refused.error.what)

    @unittest.skipUnless(has("polars"), "polars is not here")
    def test_polars_before_the_model_runs(self):
        import polars

        texts = [f"a text of row {row} that is longer than a view" if row % 2 else "short" for row in range(10)]
        table = polars.DataFrame({"text": texts, "y": list(range(10))})[1:9].rechunk()
        with self.store.capture(self.net, "net") as capture, capture.rows(range(8)):
            capture.add_frame("labels", table)
            self.net(self.inputs)
        self.assertEqual(self.store["net"]["labels"].get().dict()["text"].tolist(), texts[1:9])

    def test_a_state_that_changes_before_the_model_runs(self):
        for resume in (False, True):
            name = f"net {resume}"
            with self.store.capture(self.net, name, resume=resume) as capture:
                with torch.no_grad():
                    self.net[0].bias += 1
                for start in (0, 4):
                    with capture.rows(range(start, start + 4)), torch.no_grad():
                        capture.add("y", np.arange(start, start + 4))
                        expected = self.net(self.inputs[start:start + 4])
            stored = self.store[name]
            self.assertEqual(stored["y"].numpy().reshape(8).tolist(), list(range(8)))
            np.testing.assert_array_equal(stored["0"].rows(range(4, 8)).numpy(), expected.numpy())
            self.store.rerun(name, mistique.torch.rerun(self.net, lambda ids: self.inputs[ids], 4), ids=range(8))

    def test_a_first_block_that_is_dropped_settles_nothing(self):
        with self.store.capture(self.net, "net", policy="none") as capture:
            with self.assertRaises(ZeroDivisionError), capture.rows(range(8)):
                self.net(self.inputs)
                1 / 0
            with torch.no_grad():
                self.net[0].bias += 1
                with capture.rows(range(8)):
                    expected = self.net(self.inputs)
        self.assertFalse(self.store["net"].note["grad"])
        self.store.rerun("net", mistique.torch.rerun(self.net, lambda ids: self.inputs[ids], 8), ids=range(8))
        np.testing.assert_array_equal(self.store["net"]["0"].numpy(), expected.numpy())

    def test_what_could_not_be_stored_is_not_forgotten(self):
        with self.store.capture(self.net, "net") as capture:
            with self.refused(mistique.InvalidError, "net") as refused, capture.rows(range(8)):
                capture.add("y", np.arange(8, dtype=np.float32))
                capture.add("y", np.arange(8, dtype=np.float32))
                capture.add("z", np.arange(8, dtype=np.float32))
                try:
                    self.net(self.inputs)
                except mistique.InvalidError:
                    self.net(self.inputs)
            self.assertIn("y", refused.error.what)
            with capture.rows(range(8)):
                capture.add("z", np.arange(8, dtype=np.float32))
                self.net(self.inputs)
        self.assertEqual(list(self.store["net"]), ["z", "0"])

    def test_what_cannot_be_stored_is_refused_in_the_block(self):
        with self.store.capture(self.net, "net") as capture:
            with self.refused(mistique.InvalidError, "y"), capture.rows(range(8)):
                capture.add("y", np.arange(8, dtype=np.float32))
                capture.add("y", np.arange(8, dtype=np.float32))
                self.net(self.inputs)
            with self.refused(mistique.InvalidError, "net"), capture.rows(range(8)):
                capture.add("y", np.arange(8))
            with capture.rows(range(8)):
                capture.add("y", np.arange(8))
                self.net(self.inputs)
        self.assertEqual(len(self.store["net"]["y"]), 8)


if __name__ == "__main__":
    unittest.main()

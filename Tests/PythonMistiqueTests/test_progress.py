"""The progress bar: what it counts, and that there is none where nobody wants one, or tqdm is not installed."""

import sys
import types
import unittest
from unittest import mock

import numpy as np
from support import StoreCase



class FakeBar:
    """As tqdm has it."""

    made = []

    def __init__(self, unit, total=None):
        self.unit, self.total, self.n, self.is_closed = unit.strip(), total, 0, False
        self.made.append(self)

    def update(self, count):
        self.n += count

    def close(self):
        self.is_closed = True


class ProgressTests(StoreCase):
    def setUp(self):
        super().setUp()
        FakeBar.made = []
        fakes = {"tqdm": types.ModuleType("tqdm"), "tqdm.auto": types.ModuleType("tqdm.auto")}
        fakes["tqdm.auto"].tqdm = FakeBar
        patch = mock.patch.dict(sys.modules, fakes)
        patch.start()
        self.addCleanup(patch.stop)

    def capture(self, name, **options):
        with self.store.capture(None, name, **options) as capture:
            for start in range(0, 30, 10):
                with capture.rows(range(start, start + 10)):
                    capture.add("a", np.ones((10, 2), np.float32))
                    capture.add("b", np.ones((10, 3), np.float32))

    def test_a_capture_counts_rows_and_then_layers(self):
        self.capture("net", progress=True, resume=True)
        rows, layers = FakeBar.made
        self.assertEqual((rows.unit, rows.n, rows.is_closed), ("rows", 30, True))
        self.assertEqual((layers.unit, layers.is_closed, layers.n), ("layers", True, layers.total))
        self.assertGreater(layers.n, 0)

    def test_verifying_counts_partitions(self):
        self.capture("net")
        self.assertEqual(FakeBar.made, [])
        self.assertTrue(self.store.verify(progress=True))
        (bar,) = FakeBar.made
        self.assertEqual((bar.unit, bar.n, bar.is_closed), ("partitions", bar.total, True))
        self.assertGreater(bar.n, 0)

    def test_without_tqdm_there_is_none(self):
        with mock.patch.dict(sys.modules, {"tqdm": None, "tqdm.auto": None}):
            self.capture("net", progress=True)
            self.assertTrue(self.store.verify(progress=True))
        self.assertEqual((len(self.store["net"]["a"]), FakeBar.made), (30, []))

    def test_a_capture_that_fails_closes_its_bar(self):
        with self.assertRaises(ZeroDivisionError), self.store.capture(None, "net", progress=True):
            1 / 0
        self.assertTrue(FakeBar.made[0].is_closed)


if __name__ == "__main__":
    unittest.main()

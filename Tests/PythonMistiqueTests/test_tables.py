"""What a store and a model say of what they have: how near it is, and how it is answered."""

import unittest
from unittest import mock

import numpy as np
from support import StoreCase

from mistique import _library

VALUES = np.random.default_rng(7).normal(size=(50, 6, 4, 4)).astype(np.float32)


class TableTests(StoreCase):
    def capture(self, name, policy, layers=("a",), **frames):
        with self.store.capture(None, name, policy=policy) as capture, capture.rows(range(50)):
            for layer in layers:
                capture.add(layer, VALUES)
            for frame, column in frames.items():
                capture.add_frame(frame, {"x": column})

    def cells(self, thing):
        """(bound, plan) of each row, by its name; what is shown has them too."""
        title, head, rows = thing._table()
        self.assertEqual(list(head[-2:]), ["bound", "plan"])
        for shown in (repr(thing), thing._repr_html_()):
            for cell in ["bound", "plan"] + [cell for row in rows for cell in row[-2:]]:
                self.assertIn(cell, shown)
        self.assertTrue(all(len(row) == len(head) for row in rows))
        return {row[0].rpartition(".")[2]: tuple(row[-2:]) for row in rows}

    def test_bounds(self):
        policies = {
            "full": ("dedup", "exact"), "near": ("dedup + bound(0.2rms)", "0.2rms"), "fixed": ("dedup + bound(0.5)", "0.5"), "codes": ("dedup + kbit(3)", "not known"),
            "steps": ("dedup + ladder(0.2rms)", "exact, base 0.2rms"), "halves": ("dedup + lp16", "not known"),
        }
        for name, (policy, _) in policies.items():
            self.capture(name, policy)
        expected = {name: (bound, "read") for name, (_, bound) in policies.items()}
        self.assertEqual(self.cells(self.store), expected)
        for name, row in expected.items():
            self.assertEqual(self.cells(self.store[name]), {"a": row}, name)

    def test_a_layer_that_was_given_back(self):
        self.capture("steps", "dedup + ladder(0.2rms)", ["a", "b"], table=np.arange(50))
        with self.store.capture(None, "small", policy="dedup + bound(0.2rms) + exact(96)") as capture, capture.rows(range(50)):
            capture.add("a", VALUES)
            capture.add("b", VALUES[:, :5])
        self.store.demote("steps", "b", to="0.2rms")
        found = self.cells(self.store["steps"])
        self.assertEqual((found["a"], found["b"]), (("exact, base 0.2rms", "read"), ("0.2rms", "read")))
        self.assertTrue(found["table"][0].startswith("exact"), found)
        small = self.cells(self.store["small"])
        self.assertEqual((small["a"], small["b"]), (("exact", "read"), ("exact", "read")))

    def test_plans(self):
        self.capture("nothing", "none")
        self.capture("all", "dedup + lp16", table=np.arange(50))
        self.assertEqual(self.cells(self.store), {"nothing": ("", "none"), "all": ("not known", "read")})
        self.assertEqual(self.cells(self.store["nothing"]), {"a": ("", "none")})
        for name in ("nothing", "all"):
            self.store.rerun(name, lambda layers, ids: {"a": VALUES[ids]}, ids=range(50))
        self.assertEqual(self.cells(self.store), {"nothing": ("exact", "re-run"), "all": ("not known", "read or re-run")})
        self.assertEqual(self.cells(self.store["nothing"]), {"a": ("exact", "re-run")})
        # A table is never re-run.
        found = self.cells(self.store["all"])
        self.assertEqual((found["a"], found["table"][1]), (("not known", "read or re-run"), "read"))

    def test_no_row_takes_a_call_of_its_own(self):
        call = _library.call
        for count in (1, 12):
            name = f"net{count}"
            self.capture(name, "dedup", [f"layer{place}" for place in range(count)])
            model, names = self.store[name], []
            with mock.patch.object(_library, "call", lambda called, *arguments: names.append(called) or call(called, *arguments)):
                repr(model)
                self.assertEqual(names, ["kept"])
                names.clear()
                repr(self.store)
                self.assertEqual(names, ["models"])

    def test_a_store_that_was_closed(self):
        self.capture("net", "dedup")
        model = self.store["net"]
        self.store.close()
        self.assertEqual(self.cells(model), {"a": ("", "read")})


if __name__ == "__main__":
    unittest.main()

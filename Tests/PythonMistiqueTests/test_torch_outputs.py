"""What modules put out beside tensors: tuples, mappings, dataclasses, and objects that nobody knows."""

import collections
import dataclasses
import types
import typing
import unittest
from unittest import mock

import numpy as np
from support import StoreCase, has

import mistique

if has("torch"):
    import torch
    from torch import nn

    from mistique.torch import TorchCapture

    @dataclasses.dataclass
    class Found:
        """What a model may give."""

        logits: torch.Tensor
        loss: typing.Optional[torch.Tensor] = None
        hidden: typing.Tuple[torch.Tensor, ...] = ()
        label: str = ""

    class Slotted:
        """Attributes without a dictionary."""

        __slots__ = ("value",)

    class Gives(nn.Module):
        """Puts out what it is told."""

        def __init__(self, output):
            super().__init__()
            self.output = output

        def forward(self, x):
            return self.output(x)


@unittest.skipUnless(has("torch"), "PyTorch is not here")
class OutputTests(StoreCase):
    def run_once(self, name, output):
        net, x = nn.Sequential(Gives(output)), torch.randn(3, 2)
        with self.store.capture(net, name, layers=["0"]) as capture, capture.rows(range(3)):
            net(x)
        return self.store[name], x

    def test_fields_of_dataclasses(self):
        stored, x = self.run_once("fields", lambda x: Found(x, None, (2 * x, 3 * x), "a"))
        self.assertEqual(set(stored), {"0", "0[hidden]", "0[hidden][1]"})
        np.testing.assert_array_equal(stored["0[hidden][1]"].numpy().reshape(3, 2), 3 * x.numpy())
        stored, x = self.run_once("within", lambda x: {"a": Found(x), "b": x})
        self.assertEqual(set(stored), {"0", "0[b]"})

    def test_objects_that_hold_tensors_are_refused(self):
        def slotted(x):
            found = Slotted()
            found.value = [x]
            return found

        kinds = {
            "SimpleNamespace": lambda x: (types.SimpleNamespace(cache=[x]), 1), "Slotted": slotted, "deque": lambda x: collections.deque([x]),
            "Normal": lambda x: torch.distributions.Normal(x, 1.0),
        }
        for kind, output in kinds.items():
            with self.subTest(kind), self.refused(mistique.InvalidError, "0") as refused:
                self.run_once(kind, output)
            self.assertIn(kind, refused.error.what)
        # Beside tensors it is left out, and said so once.
        with self.assertWarnsRegex(UserWarning, "SimpleNamespace holds tensors") as told:
            stored, _ = self.run_once("beside", lambda x: (x, types.SimpleNamespace(cache=[x])))
        self.assertEqual((list(stored), len(told.warnings)), (["0"], 1))
        # What holds none is passed over.
        stored, _ = self.run_once("none", lambda x: (x, types.SimpleNamespace(cache=[1]), "text", None))
        self.assertEqual(list(stored), ["0"])

    def test_keys_that_change_are_refused(self):
        keys = ["a", "b"]
        net, x = nn.Sequential(Gives(lambda x: {key: place * x for place, key in enumerate(keys)})), torch.randn(3, 2)
        with self.store.capture(net, "keys", layers=["0"]) as capture:
            with capture.rows(range(3)):
                net(x)
            for wrong in (["b", "a"], ["c", "b"], ["b"]):
                keys[:] = wrong
                with self.subTest(wrong), self.refused(mistique.InvalidError, "0"), capture.rows(range(3, 6)):
                    net(x)
            keys[:] = ["a", "b"]
            with capture.rows(range(3, 6)):
                net(x)
        self.assertEqual(set(self.store["keys"]), {"0", "0[b]"})

    def resumed(self, name, *keys):
        """Two runs of one capture, whose mappings have these keys."""
        given, x = [], torch.randn(6, 2)
        net = nn.Sequential(Gives(lambda x: {key: place * x + len(key) for place, key in enumerate(given)}))
        capture = self.store.capture(net, name, layers=["0"], resume=True, checkpoint=1)
        given[:] = keys[0]
        with capture.rows(range(3)):
            net(x[:3])
        capture.abandon()
        self.reopened()
        given[:] = keys[1]
        with self.store.capture(net, name, layers=["0"], resume=True) as capture, capture.rows(range(3, 6)):
            net(x[3:])
        return self.store[name]

    def test_a_resumption_begins_with_the_same_keys(self):
        for place, others in enumerate((["c", "b"], ["b", "a"], ["c"])):
            with self.subTest(others), self.refused(mistique.InvalidError, "0") as refused:
                self.resumed(f"other {place}", ["a", "b"], others)
            self.assertIn("'a'", refused.error.what)
        stored = self.resumed("same", ["a", "b"], ["a", "b"])
        self.assertEqual((set(stored), len(stored["0[b]"]), stored.note["first_keys"]), ({"0", "0[b]"}, 6, {"0": "'a'"}))

    def test_an_older_version_did_not_note_keys(self):
        with mock.patch.object(TorchCapture, "_send_held", lambda capture, rows: rows.send_held()):
            given, x = ["a"], torch.randn(6, 2)
            net = nn.Sequential(Gives(lambda x: {given[0]: x}))
            capture = self.store.capture(net, "older", layers=["0"], resume=True, checkpoint=1)
            with torch.no_grad(), capture.rows(range(3)):
                net(x[:3])
            capture.abandon()
        with self.assertWarnsRegex(UserWarning, "keys"), torch.no_grad():
            with self.store.capture(net, "older", layers=["0"], resume=True) as capture, capture.rows(range(3, 6)):
                net(x[3:])
        self.assertEqual(len(self.store["older"]["0"]), 6)


if __name__ == "__main__":
    unittest.main()

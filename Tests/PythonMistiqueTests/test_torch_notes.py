"""Notes that other versions wrote, of ours or of PyTorch: what of them is compared, and what is said of the rest."""

import unittest
import warnings
from unittest import mock

import numpy as np
from support import StoreCase, has, without_noting

import mistique

if has("torch"):
    import torch
    from torch import nn

    from mistique._torch_architecture import ARCHITECTURE
    from mistique.torch import rerun


@unittest.skipUnless(has("torch"), "PyTorch is not here")
class NoteTests(StoreCase):
    def setUp(self):
        super().setUp()
        torch.manual_seed(1)
        self.net, self.inputs = nn.Sequential(nn.LeakyReLU(0.1)).eval(), torch.randn(8, 3)

    def capture(self, net, name, rows=range(8), **options):
        with self.store.capture(net, name, layers=["0"], **options) as capture, capture.rows(rows), torch.no_grad():
            return net(self.inputs[rows])

    def capture_earlier(self):
        """A model that is whole, and one that stopped after four rows; gives the output of the model."""
        expected = self.capture(self.net, "older", policy="none")
        capture = self.store.capture(self.net, "resumed", resume=True, checkpoint=1)
        with capture.rows(range(4)), torch.no_grad():
            self.net(self.inputs[:4])
        capture.abandon()
        return expected

    def again(self, net):
        return rerun(net, lambda ids: self.inputs[ids], 8)

    def test_a_note_of_an_older_version(self):
        with without_noting("modules"):
            expected = self.capture_earlier()
        with self.assertWarnsRegex(UserWarning, "modules"):
            self.store.rerun("older", self.again(self.net), ids=range(8))
        np.testing.assert_array_equal(self.store["older"]["0"].numpy(), expected.numpy())
        self.capture(self.net, "resumed", range(4, 8), resume=True)
        # The rows of before are of nobody knows which modules.
        self.assertNotIn("modules", self.store["resumed"].note)

    def test_another_version_of_pytorch(self):
        with mock.patch("torch.__version__", "0.4.0"), mock.patch("mistique._torch_noted.architecture", lambda _: ARCHITECTURE + "of other words"):
            expected = self.capture_earlier()
        with self.assertWarnsRegex(UserWarning, "0.4.0.*modules"):
            self.store.rerun("older", self.again(self.net), ids=range(8))
        np.testing.assert_array_equal(self.store["older"]["0"].numpy(), expected.numpy())
        with self.assertWarnsRegex(UserWarning, "modules are not compared.*0.4.0"):
            self.capture(self.net, "resumed", range(4, 8), resume=True)
        self.assertNotIn("modules", self.store["resumed"].note)
        with mock.patch("torch.__version__", torch.__version__.partition("+")[0] + "+other"):
            self.capture(self.net, "other device", policy="none")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.store.rerun("other device", self.again(self.net), ids=range(8))

    def test_a_note_whose_caller_used_these_names(self):
        kind = mistique.torch.TorchCapture
        about = kind._about

        def older(capture):
            return {key: value for key, value in about(capture).items() if key not in ("modules", "autocast")}

        def end(capture, rows):
            capture._send_held(rows)
            capture._mark(rows)

        # An older version kept no such names for itself.
        with mock.patch("mistique._note.RESERVED", frozenset()), mock.patch.multiple(kind, _about=older, _look=lambda _: None, _end_rows=end):
            capture = self.store.capture(self.net, "net", resume=True, checkpoint=1, note={"modules": ["a"], "first_keys": "none", "autocast": "no"})
            with capture.rows(range(4)), torch.no_grad():
                self.net(self.inputs[:4])
            capture.abandon()
            with self.store.capture(self.net, "whole", policy="none", note={"modules": ["a"], "autocast": {"cpu": 1}}) as capture:
                with capture.rows(range(8)), torch.no_grad():
                    expected = self.net(self.inputs)
        with self.assertWarnsRegex(UserWarning, "not compared"):
            self.capture(self.net, "net", range(4, 8), resume=True)
        self.assertEqual(len(self.store["net"]["0"]), 8)
        self.assertNotIn("modules", self.store["net"].note)
        with self.assertWarnsRegex(UserWarning, "modules, autocast"):
            self.store.rerun("whole", self.again(self.net), ids=range(8))
        np.testing.assert_array_equal(self.store["whole"]["0"].numpy(), expected.numpy())


if __name__ == "__main__":
    unittest.main()

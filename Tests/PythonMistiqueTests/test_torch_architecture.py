"""Models with the same weights and other modules, or other settings of them."""

import unittest
import warnings

import numpy as np
from support import StoreCase, has, without_noting

import mistique

if has("torch"):
    import torch
    from torch import nn

    from mistique._torch_architecture import architecture
    from mistique.torch import rerun


@unittest.skipUnless(has("torch"), "PyTorch is not here")
class ArchitectureTests(StoreCase):
    def setUp(self):
        super().setUp()
        torch.manual_seed(1)
        self.inputs = torch.randn(8, 3, 8, 8)

    def pairs(self):
        """Two models of one state each, which compute different things."""

        def net(*modules):
            torch.manual_seed(1)
            return nn.Sequential(*modules).eval()

        def attention(heads):
            torch.manual_seed(1)
            return net(nn.Flatten(2), nn.Linear(64, 8), nn.TransformerEncoderLayer(8, heads, 8, dropout=0.0, batch_first=True))

        def norm(eps):
            return net(nn.BatchNorm2d(3, eps=eps))

        return {
            "class": (net(nn.ReLU()), net(nn.GELU())), "slope": (net(nn.LeakyReLU(0.1)), net(nn.LeakyReLU(0.2))),
            "stride": (net(nn.Conv2d(3, 4, 3, padding=1)), net(nn.Conv2d(3, 4, 3, padding=1, dilation=2))), "eps": (norm(1e-5), norm(1e-2)),
            "heads": (attention(2), attention(4)), "activation": (
                net(nn.Flatten(2), nn.TransformerEncoderLayer(64, 2, 8, batch_first=True)),
                net(nn.Flatten(2), nn.TransformerEncoderLayer(64, 2, 8, batch_first=True, activation="gelu"))),
        }

    def capture(self, net, name, rows=range(8), **options):
        with self.store.capture(net, name, layers=[str(len(net) - 1)], **options) as capture, capture.rows(rows), torch.no_grad():
            return net(self.inputs[rows])

    def again(self, net):
        return rerun(net, lambda ids: self.inputs[ids], 8)

    def test_other_modules_are_refused(self):
        for name, (net, other) in self.pairs().items():
            with self.subTest(name):
                other.load_state_dict(net.state_dict())
                self.capture(net, name, policy="none")
                self.store.rerun(name, self.again(net), ids=range(8))
                with self.refused(mistique.InvalidError, name) as refused:
                    self.store.rerun(name, self.again(other), ids=range(8))
                self.assertIn("modules", refused.error.what)
                # A setting that changes later on is seen by the question.
                net[-1] = other[-1]
                with self.refused(mistique.InvalidError, name):
                    self.store[name][str(len(net) - 1)].numpy()

    def test_other_modules_are_not_resumed(self):
        net, other = self.pairs()["slope"]
        capture = self.store.capture(net, "net", resume=True, checkpoint=1)
        with capture.rows(range(4)), torch.no_grad():
            net(self.inputs[:4])
        capture.abandon()
        with self.refused(mistique.InvalidError, "net") as refused:
            self.store.capture(other, "net", resume=True)
        self.assertIn("architecture", refused.error.what)
        self.capture(net, "net", range(4, 8), resume=True)
        self.assertEqual(len(self.store["net"]["0"]), 8)

    def test_a_setting_that_changes_in_a_capture(self):
        net, _ = self.pairs()["slope"]
        with self.refused(mistique.InvalidError, "net") as refused, torch.no_grad():
            with self.store.capture(net, "net", policy="none") as capture:
                for start in (0, 4):
                    with capture.rows(range(start, start + 4)):
                        net(self.inputs[start:start + 4])
                    net[0].negative_slope = 0.3
        self.assertIn("modules", refused.error.what)

    def test_a_note_of_an_older_version(self):
        net, other = self.pairs()["slope"]
        with without_noting("modules"):
            expected = self.capture(net, "older", policy="none")
            capture = self.store.capture(net, "resumed", resume=True, checkpoint=1)
            with capture.rows(range(4)), torch.no_grad():
                net(self.inputs[:4])
            capture.abandon()
        with self.assertWarnsRegex(UserWarning, "modules"):
            self.store.rerun("older", self.again(net), ids=range(8))
        np.testing.assert_array_equal(self.store["older"]["0"].numpy(), expected.numpy())
        self.capture(net, "resumed", range(4, 8), resume=True)
        # The rows of before are of nobody knows which modules.
        self.assertNotIn("modules", self.store["resumed"].note)

    def test_what_is_one_architecture(self):
        def made(kind):
            return type("Own", (nn.Module,), {"__module__": kind, "extra_repr": lambda self: repr(object())})()

        self.assertEqual(architecture(made("__main__")), architecture(made("models")))
        net = nn.Sequential(nn.Linear(2, 2), nn.Dropout())
        found = architecture(net)
        net.train()
        self.assertEqual(architecture(net.double()), found)
        shared = nn.Linear(2, 2)
        self.assertNotEqual(architecture(nn.Sequential(shared, shared)), architecture(nn.Sequential(shared, nn.ReLU())))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # lazy modules are new in some versions
            self.assertIsNone(architecture(nn.Sequential(nn.LazyLinear(2))))


if __name__ == "__main__":
    unittest.main()

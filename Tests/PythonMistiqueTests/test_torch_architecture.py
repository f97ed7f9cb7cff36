"""Models with the same weights and other modules, or other settings of them."""

import os
import subprocess
import sys
import unittest
import warnings
from unittest import mock

import numpy as np
from support import PACKAGE, StoreCase, has

import mistique

if has("torch"):
    import torch
    from torch import nn

    from mistique._torch_architecture import architecture
    from mistique.torch import rerun

    class OwnAttention(nn.MultiheadAttention):
        """Somebody's own class, which counts its calls."""

        def forward(self, x):
            self.calls = getattr(self, "calls", 0) + 1
            return super().forward(x, x, x)[0]

    class OwnConv(nn.Conv2d):
        def extra_repr(self):
            return "a convolution"

    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight, self.calls = nn.Parameter(torch.ones(3, 3)), 0

        def forward(self, x):
            self.calls += 1
            return x @ self.weight


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

    def test_classes_derived_from_those_of_pytorch(self):
        def attention(heads, kind=OwnAttention):
            return nn.Sequential(kind(8, heads))

        self.assertNotEqual(architecture(attention(2)), architecture(attention(4)))
        self.assertNotEqual(architecture(attention(2)), architecture(attention(2, nn.MultiheadAttention)))
        self.assertNotEqual(architecture(OwnConv(3, 3, 3)), architecture(OwnConv(3, 3, 3, dilation=2)))
        parametrized = nn.utils.parametrizations.orthogonal
        self.assertNotEqual(
            architecture(parametrized(attention(2)[0], "in_proj_weight")), architecture(parametrized(attention(4)[0], "in_proj_weight")))
        spectral = nn.utils.parametrizations.spectral_norm
        self.assertNotEqual(architecture(spectral(nn.Linear(2, 2))), architecture(spectral(nn.Linear(2, 2), n_power_iterations=3)))

    def test_what_classes_count_is_no_setting(self):
        parametrized = nn.Sequential(nn.utils.parametrizations.orthogonal(Counting()))
        attention = nn.Sequential(OwnAttention(8, 2, batch_first=True))
        for name, net, inputs in (("counting", parametrized, torch.randn(8, 3)), ("attention", attention, torch.randn(8, 4, 8))):
            with self.subTest(name), warnings.catch_warnings(), torch.no_grad():
                warnings.simplefilter("error")
                with self.store.capture(net.eval(), name, layers=["0"]) as capture:
                    for start in (0, 4):
                        with capture.rows(range(start, start + 4)):
                            net(inputs[start:start + 4])
                self.assertEqual(self.store[name].changed_rows.size, 0)

    def test_distributed_models_do_not_change_by_being_called(self):
        inner = nn.Sequential(nn.LeakyReLU(0.1), nn.Linear(8, 2))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parallel = nn.DataParallel(inner)
        found = architecture(parallel)
        parallel.device_ids, parallel.output_device = [0, 1], 1
        self.assertEqual(architecture(parallel), found)
        if not torch.distributed.is_available():
            self.skipTest("no distributed package")
        with mock.patch.dict(os.environ, {"GLOO_SOCKET_IFNAME": "lo"}):
            try:
                torch.distributed.init_process_group("gloo", store=torch.distributed.HashStore(), rank=0, world_size=1)
            except (RuntimeError, ValueError) as failure:
                self.skipTest(f"no gloo: {failure}")
        self.addCleanup(torch.distributed.destroy_process_group)
        net = nn.parallel.DistributedDataParallel(inner)
        with warnings.catch_warnings():
            warnings.filterwarnings("error", "net: ")
            with self.store.capture(net, "net", layers=["module.1"]) as capture:
                for start in (0, 4):
                    with capture.rows(range(start, start + 4)):
                        net(self.inputs[start:start + 4].flatten(1)[:, :8])
        self.assertEqual(self.store["net"].changed_rows.size, 0)

    def test_a_digest_is_one_in_all_processes(self):
        program = """
            from torch import nn
            from mistique._torch_architecture import architecture
            class Own(nn.Module):
                def extra_repr(self):
                    return repr(set("abcdefgh"))
            print(architecture(nn.Sequential(Own(), nn.TransformerEncoderLayer(8, 2), nn.LeakyReLU())))
            """
        text = "\n".join(line[12:] for line in program.splitlines())
        found = {
            subprocess.run(
                [sys.executable, "-c", text], env={**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONHASHSEED": seed}, check=True, capture_output=True, text=True
            ).stdout for seed in ("1", "2")}
        self.assertEqual(len(found), 1)

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

"""Re-runs: of the model that was captured, in the state that it had, which it has again afterwards."""

import unittest
import warnings

import numpy as np
from support import StoreCase, has

import mistique

if has("torch"):
    import torch
    from torch import nn

    from mistique.torch import rerun

    class Functional(nn.Module):
        """Drops values in train mode without a module that says so."""

        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(4, 3)

        def forward(self, x):
            return nn.functional.dropout(self.inner(x), 0.5, self.training)


@unittest.skipUnless(has("torch"), "PyTorch is not here")
class RerunTests(StoreCase):
    def setUp(self):
        super().setUp()
        torch.manual_seed(1)
        self.inputs = torch.randn(8, 4)

    def capture(self, model, name, policy="none", layers=("0",), grad=False):
        with self.store.capture(model, name, layers=list(layers), policy=policy) as capture, capture.rows(range(8)):
            with torch.set_grad_enabled(grad):
                return model(self.inputs).detach()

    def again(self, model, batch_size=8):
        return rerun(model, lambda ids: self.inputs[ids], batch_size)

    def register(self, name, model):
        self.store.rerun(name, self.again(model), ids=range(8))

    def test_other_weights_are_refused(self):
        net = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3)).eval()
        expected = self.capture(net, "net", layers=["1"])
        with self.refused(mistique.InvalidError, "net") as refused:
            self.register("net", nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3)).eval())
        self.assertIn("weights", refused.error.what)
        self.register("net", net)
        np.testing.assert_array_equal(self.store["net"]["1"].numpy().reshape(8, 3), expected.numpy())

        def refuses():
            with self.refused(mistique.InvalidError, "net"):
                self.store["net"]["1"].numpy()

        was = {name: value.clone() for name, value in net.state_dict().items()}
        with torch.no_grad():
            net[0].bias += 1
        refuses()
        net.load_state_dict(was)
        self.store["net"]["1"].numpy()
        net[0].weight.data.mul_(2)  # which does not count as a version
        refuses()
        net.load_state_dict(was)
        net[1].running_mean += 1
        refuses()
        net.load_state_dict(was)
        net[0].weight = nn.Parameter(torch.zeros(3, 4))
        refuses()
        net.load_state_dict(was)
        np.testing.assert_array_equal(self.store["net"]["1"].numpy().reshape(8, 3), expected.numpy())

    def test_buffers_that_are_not_saved_count(self):
        net = nn.Sequential(nn.Linear(4, 3)).eval()
        net.register_buffer("scale", torch.ones(1), persistent=False)
        self.capture(net, "net")
        net.scale += 1
        with self.refused(mistique.InvalidError, "net"):
            self.register("net", net)

    def test_modes_that_give_other_values_are_refused(self):
        models = {
            "dropout": nn.Sequential(nn.Linear(4, 3), nn.Dropout()), "norm": nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3)),
            "instance": nn.Sequential(nn.Linear(4, 3), nn.Unflatten(1, (1, 3)), nn.InstanceNorm1d(1, track_running_stats=True)),
            "functional": nn.Sequential(Functional()), "rrelu": nn.Sequential(nn.RReLU()),
            "spectral": nn.Sequential(nn.utils.spectral_norm(nn.Linear(4, 3))),
            "recurrent": nn.Sequential(nn.GRU(4, 3, 2, dropout=0.5, batch_first=True)),
        }
        for name, model in models.items():
            with self.subTest(name):
                inputs, self.inputs = self.inputs, self.inputs[:, None, :] if name == "recurrent" else self.inputs
                if name == "recurrent":
                    with self.store.capture(model, name, policy="none") as capture, capture.rows(range(8)), torch.no_grad():
                        model(self.inputs)
                else:
                    self.capture(model, name)
                with self.refused(mistique.InvalidError, name) as refused:
                    self.register(name, model)
                self.assertIn("train mode", refused.error.what)
                self.inputs = inputs
        # Without statistics of its own a norm depends on the batch in any mode.
        net = nn.Sequential(nn.BatchNorm1d(4, track_running_stats=False)).eval()
        self.capture(net, "batch")
        with self.refused(mistique.InvalidError, "batch"):
            self.register("batch", net)

    def test_a_model_has_its_modes_back(self):
        net = nn.Sequential(nn.Linear(4, 3), nn.Dropout(), nn.BatchNorm1d(3)).eval()
        expected = self.capture(net, "net", layers=["2"])
        net.train()
        net[0].eval()
        self.register("net", net)
        statistics = net[2].running_mean.clone()
        np.testing.assert_array_equal(self.store["net"]["2"].numpy().reshape(8, 3), expected.numpy())
        self.assertEqual([module.training for module in net.modules()], [True, False, True, True])
        self.assertTrue(torch.equal(net[2].running_mean, statistics))

        def fails(ids):
            return torch.zeros(1, 1)

        self.store.rerun("net", rerun(net, fails), ids=range(8))
        with self.assertRaises(RuntimeError):
            self.store["net"]["2"].numpy()
        self.assertEqual([module.training for module in net.modules()], [True, False, True, True])

    def test_train_mode_that_changes_nothing_is_fine(self):
        net = nn.Sequential(nn.Linear(4, 3), nn.Dropout(0.0), nn.ReLU())
        expected = self.capture(net, "net", layers=["2"])
        net.eval()
        self.register("net", net)
        np.testing.assert_array_equal(self.store["net"]["2"].numpy().reshape(8, 3), expected.numpy())
        self.assertEqual(self.store["net"].note["training"], True)

    def test_gradients_are_as_they_were(self):
        seen = []

        class Asks(nn.Module):
            def forward(self, x):
                seen.append(torch.is_grad_enabled())
                return x * (2 if seen[-1] else 3)

        net = nn.Sequential(Asks()).eval()
        for grad in (True, False):
            name = f"grad {grad}"
            expected = self.capture(net, name, grad=grad)
            self.assertEqual(self.store[name].note["grad"], grad)
            self.register(name, net)
            seen.clear()
            np.testing.assert_array_equal(self.store[name]["0"].numpy().reshape(8, 4), expected.numpy())
            self.assertEqual(seen, [grad])

    def test_the_note_is_of_the_first_block(self):
        net = nn.Sequential(nn.Linear(4, 3), nn.Dropout())
        with self.store.capture(net, "net", policy="none", note={"mine": 1}) as capture:
            net.eval()
            with torch.no_grad():
                net[0].bias += 1
            with capture.rows(range(8)), torch.no_grad():
                expected = net(self.inputs)
        note = self.store["net"].note
        self.assertEqual((note["training"], note["grad"], note["mine"]), (False, False, 1))
        self.register("net", net)
        np.testing.assert_array_equal(self.store["net"]["1"].numpy().reshape(8, 3), expected.numpy())

    def test_a_state_that_changes_in_a_capture(self):
        net = nn.Sequential(nn.Linear(4, 3))

        def changed(policy, name):
            with self.store.capture(net, name, policy=policy) as capture:
                for start in (0, 4):
                    with capture.rows(range(start, start + 4)), torch.no_grad():
                        net(self.inputs[start:start + 4])
                    with torch.no_grad():
                        net[0].bias += 1

        with self.assertWarnsRegex(UserWarning, "weights"):
            changed("dedup", "told")
        self.assertEqual(len(self.store["told"]["0"]), 8)
        with self.refused(mistique.InvalidError, "refused"):
            changed("none", "refused")
        with warnings.catch_warnings():
            # A model in train mode writes its own statistics.
            warnings.simplefilter("error")
            norm = nn.Sequential(nn.BatchNorm1d(4))
            with self.store.capture(norm, "norm") as capture:
                for start in (0, 4):
                    with capture.rows(range(start, start + 4)):
                        norm(self.inputs[start:start + 4])

    def test_what_noted_nothing_is_run_as_it_is(self):
        net = nn.Sequential(nn.Linear(4, 3))
        with self.store.capture(None, "old", policy="none") as capture, capture.rows(range(8)), torch.no_grad():
            capture.add("0", net(self.inputs))
        self.register("old", net)
        with torch.no_grad():
            net[0].bias += 1
            np.testing.assert_array_equal(self.store["old"]["0"].numpy().reshape(8, 3), net(self.inputs).numpy())

    def test_a_resumption_in_another_mode_is_refused(self):
        net = nn.Sequential(nn.Linear(4, 3), nn.Dropout()).eval()

        def begun():
            return self.store.capture(net, "net", resume=True, checkpoint=1)

        capture = begun()
        with capture.rows(range(4)), torch.no_grad():
            net(self.inputs[:4])
        capture.abandon()
        net.train()
        with begun() as capture:
            with self.refused(mistique.InvalidError, "net"), capture.rows(range(4, 8)), torch.no_grad():
                net(self.inputs[4:])
            net.eval()
            with self.refused(mistique.InvalidError, "net"), capture.rows(range(4, 8)):
                net(self.inputs[4:])
            with capture.rows(range(8)), torch.no_grad():
                net(self.inputs)
        self.assertEqual(len(self.store["net"]["0"]), 8)

    def test_a_resumption_keeps_the_note(self):
        net = nn.Sequential(nn.Linear(4, 3))
        for wholly in (True, False):
            name = f"kept {wholly}"
            capture = self.store.capture(net, name, resume=True, checkpoint=1)
            with capture.rows(range(4)):
                net(self.inputs[:4])
            capture.abandon()
            with self.store.capture(net.eval(), name, resume=True) as capture:
                net.train()
                with capture.rows(range(8 if wholly else 4)):
                    net(self.inputs[:8 if wholly else 4])
            note = self.store[name].note
            self.assertEqual((note["grad"], note["training"], len(self.store[name]["0"])), (True, True, 8 if wholly else 4))


if __name__ == "__main__":
    unittest.main()

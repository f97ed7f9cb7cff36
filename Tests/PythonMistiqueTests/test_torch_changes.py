"""States that change in a capture: seen, and kept with the rows, so that no re-run is taken for them."""

import unittest
import warnings
from unittest import mock

import numpy as np
from support import StoreCase, has

import mistique
from mistique import _handles
from mistique._structs import AskOptions

if has("torch"):
    import torch
    from torch import nn

    from mistique.torch import TorchCapture, rerun


@unittest.skipUnless(has("torch"), "PyTorch is not here")
class ChangeTests(StoreCase):
    def setUp(self):
        super().setUp()
        torch.manual_seed(1)
        self.net = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3)).eval()
        self.inputs = torch.randn(8, 4)
        self.first = {name: value.clone() for name, value in self.net.state_dict().items()}

    def swap(self):
        """Other weights, in the way of averages of them: nothing counts as a version."""
        self.net[0].weight.data.copy_(self.net[0].weight.data * 2)

    def capture(self, name, policy, change, **options):
        """Two blocks, with a change between them; gives what the model put out."""
        expected = []
        with self.store.capture(self.net, name, layers=["1"], policy=policy, **options) as capture, torch.no_grad():
            for start in (0, 4):
                with capture.rows(range(start, start + 4)):
                    expected.append(self.net(self.inputs[start:start + 4]))
                if start == 0:
                    change()
        return torch.cat(expected).numpy()

    def register(self, name):
        """A later program, which has the model as it was first."""
        self.net.load_state_dict(self.first)
        self.reopened().rerun(name, rerun(self.net, lambda ids: self.inputs[ids], 4), ids=range(8))
        return self.store[name]["1"]

    def test_what_leaves_values_to_re_runs_sees_every_change(self):
        changes = {"weights": self.swap, "statistics": lambda: self.net[1].running_mean.data.add_(1)}
        for policy in ("none", "adaptive(0.5s/KB)", "budget(5GB)"):
            for kind, change in changes.items():
                with self.subTest(f"{policy} {kind}"), self.refused(mistique.InvalidError, "net") as refused:
                    self.capture("net", policy, change)
                self.assertIn("weights", refused.error.what)

    def test_policies_whose_scheme_comes_first(self):
        for place, policy in enumerate(("pool(2) + none", "lp16 + adaptive(0.5s/KB)", " NONE")):
            with self.subTest(policy):
                self.capture(f"net {place}", policy, lambda: None)
                self.assertEqual(self.store[f"net {place}"].changed_rows.tolist(), [])
                with self.refused(mistique.InvalidError, "net"):
                    self.capture("net", policy, self.swap)
                self.net.load_state_dict(self.first)

    def test_a_resumption_under_a_policy_that_leaves_values(self):
        capture = self.store.capture(self.net, "net", layers=["1"], resume=True, checkpoint=1)
        with capture.rows(range(4)), torch.no_grad():
            self.net(self.inputs[:4])
        capture.abandon()
        for policy in ("none", "lp16 + adaptive(0.5s/KB)"):
            with self.refused(mistique.InvalidError, "net") as refused:
                self.store.capture(self.net, "net", layers=["1"], policy=policy, resume=True)
            self.assertIn("begun under a policy that stores values", refused.error.what)
        with self.store.capture(self.net, "net", layers=["1"], resume=True) as capture, capture.rows(range(4, 8)), torch.no_grad():
            self.net(self.inputs[4:])
        self.assertEqual(len(self.store["net"]["1"]), 8)

    def test_no_re_run_is_taken_for_changed_rows(self):
        with self.assertWarnsRegex(UserWarning, "from here on"):
            expected = self.capture("net", "dedup + lp16", self.swap)
        layer = self.register("net")
        np.testing.assert_array_equal(layer.rows(range(4)).exact().numpy(), expected[:4])
        for asked in (layer.rows([2, 6]), layer):
            with self.refused(mistique.ChangedStateError, "net"):
                asked.exact().numpy()
        np.testing.assert_allclose(layer.numpy(), expected, atol=1e-2)
        self.assertEqual(self.store["net"].changed_rows.tolist(), [4, 5, 6, 7])
        self.assertEqual(list(self.store["net"]), ["1"])

    def test_what_is_stored_in_full_is_read(self):
        with self.assertWarnsRegex(UserWarning, "weights"):
            expected = self.capture("net", "dedup", self.swap)
        layer = self.register("net")
        with self.refused(mistique.ChangedStateError, "net"):
            layer.options(plan="rerun").numpy()
        for _ in range(3):
            answer = layer.exact().get()
            np.testing.assert_array_equal(answer.numpy(), expected)
            self.assertFalse(answer.is_rerun)

    def test_a_plan_that_would_re_run_changed_rows_reads_them(self):
        with self.assertWarnsRegex(UserWarning, "weights"):
            expected = self.capture("net", "dedup", self.swap)
        layer, ask = self.register("net"), _handles.ask

        def prefers_re_runs(store, key, ids, options):
            if options.plan == 0:
                options = AskOptions(plan=2, accuracy=options.accuracy, bound=options.bound)
            return ask(store, key, ids, options)

        with mock.patch.object(_handles, "ask", prefers_re_runs):
            self.assertTrue(layer.rows(range(4)).get().is_rerun)
            answer = layer.rows([5, 2]).get()
            self.assertFalse(answer.is_rerun)
            np.testing.assert_array_equal(answer.numpy(), expected[[5, 2]])
            with self.refused(mistique.ChangedStateError, "net"):
                layer.rows([5]).options(plan="rerun").get()

    def test_another_try_in_a_block_is_refused_too(self):
        with self.store.capture(self.net, "net", layers=["1"], policy="none") as capture, torch.no_grad():
            with capture.rows(range(4)):
                self.net(self.inputs[:4])
            self.swap()
            with self.refused(mistique.InvalidError, "net"), capture.rows(range(4, 8)):
                for attempt in range(2):
                    try:
                        self.net(self.inputs[4:])
                    except mistique.InvalidError:
                        if attempt:
                            raise
            self.net.load_state_dict(self.first)
            with capture.rows(range(4, 8)):
                self.net(self.inputs[4:])
        self.assertEqual(len(self.store["net"]["1"]), 8)

    def test_a_model_that_does_not_change(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            expected = self.capture("net", "dedup + lp16", lambda: None, resume=True)
            layer = self.register("net")
        np.testing.assert_array_equal(layer.exact().numpy(), expected)
        self.assertEqual(self.store["net"].changed_rows.size, 0)

    def test_a_block_that_is_dropped_changes_nothing(self):
        warnings.simplefilter("ignore")

        def dropped():
            self.swap()
            with self.assertRaises(ZeroDivisionError), capture.rows(range(4, 8)):
                self.net(self.inputs[4:])
                1 / 0
            self.net.load_state_dict(self.first)

        with self.store.capture(self.net, "net", policy="dedup + lp16") as capture, torch.no_grad():
            for start in (0, 4):
                if start:
                    dropped()
                with capture.rows(range(start, start + 4)):
                    self.net(self.inputs[start:start + 4])
        self.assertEqual(self.store["net"].changed_rows.size, 0)

    def test_what_an_older_version_captured(self):
        with mock.patch.object(TorchCapture, "_mark", lambda *_: None):
            expected = self.capture("older", "dedup + lp16", lambda: None)
            capture = self.store.capture(self.net, "resumed", layers=["1"], resume=True, checkpoint=1)
            with capture.rows(range(2)), torch.no_grad():
                self.net(self.inputs[:2])
            capture.abandon()
        with self.assertWarnsRegex(UserWarning, "changes between blocks"):
            layer = self.register("older")
        np.testing.assert_array_equal(layer.exact().numpy(), expected)
        with self.refused(mistique.InvalidError, "resumed"), self.store.capture(self.net, "resumed", layers=["1"], resume=True) as capture:
            for start in (2, 4):
                with capture.rows(range(start, start + 2)), torch.no_grad():
                    self.net(self.inputs[start:start + 2])
                self.swap()
        self.net.load_state_dict(self.first)
        with self.store.capture(self.net, "resumed", layers=["1"], resume=True) as capture, capture.rows(range(2, 8)), torch.no_grad():
            self.net(self.inputs[2:])
        self.assertIsNone(self.store["resumed"].changed_rows)


if __name__ == "__main__":
    unittest.main()

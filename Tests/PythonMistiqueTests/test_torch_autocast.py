"""Autocast: noted, and the same again in a re-run."""

import unittest
from unittest import mock

import numpy as np
from support import StoreCase, has, without_noting

import mistique

if has("torch"):
    import torch
    from torch import nn

    from mistique.torch import rerun

    class Residual(nn.Module):
        """Puts out float32 under autocast too, of which a half is a dense layer of bfloat16."""

        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(16, 16)

        def forward(self, x):
            return x + self.fc(x)


@unittest.skipUnless(has("torch"), "PyTorch is not here")
class AutocastTests(StoreCase):
    def setUp(self):
        super().setUp()
        torch.manual_seed(1)
        self.net, self.inputs = nn.Sequential(Residual()).eval(), torch.randn(8, 16)

    def run_net(self, is_cast, rows=slice(None)):
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=is_cast):
            return self.net(self.inputs[rows])

    def capture(self, name, is_cast, policy="none"):
        with self.store.capture(self.net, name, layers=["0"], policy=policy) as capture, capture.rows(range(8)):
            return self.run_net(is_cast)

    def again(self):
        return rerun(self.net, lambda ids: self.inputs[ids], 8)

    def test_a_re_run_is_under_the_autocast_that_was_noted(self):
        for is_cast in (True, False):
            name = f"cast {is_cast}"
            expected = self.capture(name, is_cast)
            self.assertEqual(expected.dtype, torch.float32)
            self.assertEqual(self.store[name].note["autocast"], {"cpu": "bfloat16"} if is_cast else {})
            self.store.rerun(name, self.again(), ids=range(8))
            for asked in (True, False):
                with torch.autocast("cpu", torch.bfloat16, enabled=asked):
                    np.testing.assert_array_equal(self.store[name]["0"].exact().numpy(), expected.numpy())
                    self.assertEqual(torch.is_autocast_cpu_enabled(), asked)
        self.assertFalse(torch.equal(self.run_net(True), self.run_net(False)))

    def test_weights_that_autocast_has_cached_are_not_taken(self):
        expected = self.capture("net", True)
        self.store.rerun("net", self.again(), ids=range(8))
        was = {name: value.clone() for name, value in self.net.state_dict().items()}
        with torch.autocast("cpu", torch.bfloat16):
            with torch.no_grad():
                self.net[0].fc.weight.mul_(2)
            self.net(self.inputs)
            self.net.load_state_dict(was)
            np.testing.assert_array_equal(self.store["net"]["0"].numpy(), expected.numpy())

    def test_an_autocast_that_cannot_be_had_is_refused(self):
        with mock.patch("mistique._torch_noted.autocast_now", lambda: {"hpu": "bfloat16"}):
            self.capture("other", False)
        with self.refused(mistique.InvalidError, "other") as refused:
            self.store.rerun("other", self.again(), ids=range(8))
        self.assertIn("hpu: bfloat16", refused.error.what)
        self.assertFalse(torch.is_autocast_cpu_enabled())

    def test_blocks_under_another_autocast(self):
        def both(policy, name):
            with self.store.capture(self.net, name, layers=["0"], policy=policy) as capture:
                for is_cast, start in ((True, 0), (False, 4)):
                    with capture.rows(range(start, start + 4)):
                        self.run_net(is_cast, slice(start, start + 4))

        with self.refused(mistique.InvalidError, "none") as refused:
            both("none", "none")
        self.assertIn("autocast", refused.error.what)
        with self.assertWarnsRegex(UserWarning, "autocast"):
            both("dedup", "told")

    def test_a_resumption_under_another_autocast_is_refused(self):
        capture = self.store.capture(self.net, "net", layers=["0"], resume=True, checkpoint=1)
        with capture.rows(range(4)):
            self.run_net(True, slice(4))
        capture.abandon()
        with self.store.capture(self.net, "net", layers=["0"], resume=True) as capture:
            with self.refused(mistique.InvalidError, "net") as refused, capture.rows(range(4, 8)):
                self.run_net(False, slice(4, 8))
            self.assertIn("autocast", refused.error.what)
            with capture.rows(range(4, 8)):
                self.run_net(True, slice(4, 8))
        self.assertEqual(self.store["net"].note["autocast"], {"cpu": "bfloat16"})

    def test_a_note_of_an_older_version(self):
        with without_noting("autocast"):
            expected = self.capture("older", True)
        self.assertNotIn("autocast", self.store["older"].note)
        with self.assertWarnsRegex(UserWarning, "autocast"):
            self.store.rerun("older", self.again(), ids=range(8))
        # Nobody knows: it is run as whoever asks has it.
        with torch.autocast("cpu", torch.bfloat16):
            np.testing.assert_array_equal(self.store["older"]["0"].numpy(), expected.numpy())


if __name__ == "__main__":
    unittest.main()

"""The hooks of a capture: how long they are on a model, and which calls they pass over."""

import gc
import unittest
import weakref

import numpy as np
from support import StoreCase, has

import mistique

if has("torch"):
    import torch
    from torch import nn
    from torch.utils.checkpoint import checkpoint

    class Checkpointed(nn.Module):
        """Keeps nothing of its inner module for the backward pass."""

        def __init__(self, is_reentrant):
            super().__init__()
            self.inner, self.is_reentrant = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 3)), is_reentrant

        def forward(self, x):
            return checkpoint(self.inner, x, use_reentrant=self.is_reentrant)


@unittest.skipUnless(has("torch"), "PyTorch is not here")
class HookTests(StoreCase):
    def hooks(self, model):
        return sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules())

    def test_a_capture_that_nobody_holds_ends(self):
        net = nn.Sequential(nn.Linear(4, 3))
        capture = self.store.capture(net, "dropped", layers=["0"])
        with capture.rows([1]), torch.no_grad():
            net(torch.zeros(1, 4))
        known = weakref.ref(capture)
        del capture
        self.assertIsNone(known())
        self.assertEqual(self.hooks(net), 0)
        net(torch.zeros(1, 4))
        with self.store.capture(net, "dropped", layers=["0"]) as capture, capture.rows([1]):
            net(torch.zeros(1, 4))

    def test_a_store_that_is_closed(self):
        net = nn.Sequential(nn.Linear(4, 3))
        capture = self.store.capture(net, "closed", layers=["0"])
        self.store.close()
        net(torch.zeros(1, 4))
        self.assertEqual(self.hooks(net), 0)
        capture.abandon()
        self.reopened()
        capture = self.store.capture(net, "closed", layers=["0"])
        with self.refused(mistique.BadHandleError), capture.rows([1]):
            self.store.close()
            net(torch.zeros(1, 4))
        gc.collect()
        self.assertEqual(self.hooks(net), 0)

    def test_checkpointing(self):
        for is_reentrant in (True, False):
            with self.subTest(is_reentrant):
                net, name = Checkpointed(is_reentrant), f"reentrant {is_reentrant}"
                inputs = torch.randn(5, 4, requires_grad=True)
                with self.store.capture(net, name) as capture:
                    with capture.rows(range(5)):
                        output = net(inputs)
                        output.sum().backward()
                    with capture.rows(range(5, 10)):
                        later = net(inputs)
                    later.sum().backward()
                self.assertEqual(list(self.store[name]), ["inner.0", "inner.1", "inner.2"])
                np.testing.assert_array_equal(self.store[name]["inner.2"].numpy().reshape(10, 3)[:5], output.detach().numpy())
                self.assertIsNotNone(inputs.grad)


if __name__ == "__main__":
    unittest.main()

"""Sequences in captures of PyTorch: what a mask or lengths cut, and what they leave whole."""

import unittest

import numpy as np
from support import StoreCase, has


if has("torch"):
    import torch
    from torch import nn


@unittest.skipUnless(has("torch"), "PyTorch is not here")
class TokenTests(StoreCase):
    def test_channels_are_no_tokens(self):
        torch.manual_seed(1)

        class Turned(nn.Module):
            def forward(self, x):
                return x.transpose(1, 2)

        model = nn.Sequential(
            nn.Linear(3, 4), Turned(), nn.Conv1d(4, 6, 3, padding=1), nn.ReLU(), nn.BatchNorm1d(6), nn.Sequential(nn.GELU(), nn.Dropout()),
            nn.MaxPool1d(2)).eval()
        inputs = torch.randn(2, 6, 3)
        layers = ["0", "2", "3", "4", "5", "5.0", "6"]
        outputs = {}
        hooks = [model.get_submodule(layer).register_forward_hook(lambda _m, _i, out, layer=layer: outputs.setdefault(layer, out)) for layer in layers]
        for kind, given in (("lengths", [6, 2]), ("mask", torch.arange(6) < torch.tensor([[6], [2]]))):
            with self.subTest(kind):
                outputs.clear()
                with self.store.capture(model, kind, layers=layers) as capture, capture.rows([0, 1], **{kind: given}), torch.no_grad():
                    model(inputs)
                stored = self.store[kind]
                for layer in layers[1:]:
                    np.testing.assert_array_equal(stored[layer].numpy().reshape(outputs[layer].shape), outputs[layer].numpy(), layer)
                np.testing.assert_array_equal(stored["0"].rows([1]).ragged()[0], outputs["0"][1, :2].numpy())
        for hook in hooks:
            hook.remove()


if __name__ == "__main__":
    unittest.main()

"""Digests of models, and what of them a note may say."""

import copy
import unittest
import warnings

from support import StoreCase, has

import mistique

if has("torch"):
    import torch
    from torch import nn

    from mistique._torch_state import digest, is_same, signature

    class Extra(nn.Module):
        """A module whose state is more than tensors."""

        def __init__(self, extra):
            super().__init__()
            self.extra = extra

        def get_extra_state(self):
            return self.extra

        def set_extra_state(self, state):
            self.extra = state


@unittest.skipUnless(has("torch"), "PyTorch is not here")
class StateTests(StoreCase):
    def quantized(self, kind):
        """A model with packed weights."""
        torch.manual_seed(1)
        net = nn.Sequential(nn.Linear(4, 3), nn.ReLU())
        if kind == "dynamic":
            return torch.ao.quantization.quantize_dynamic(net, {nn.Linear}, torch.qint8)
        net.eval().qconfig = torch.ao.quantization.get_default_qconfig(torch.backends.quantized.engine)
        wrapped = torch.ao.quantization.QuantWrapper(net)
        wrapped.qconfig = net.qconfig
        prepared = torch.ao.quantization.prepare(wrapped)
        prepared(torch.randn(8, 4))
        return torch.ao.quantization.convert(prepared)

    def test_packed_weights_count(self):
        warnings.simplefilter("ignore")
        for kind in ("dynamic", "static"):
            with self.subTest(kind):
                net, same = self.quantized(kind), self.quantized(kind)
                self.assertEqual(digest(net), digest(same))
                linear = next(module for module in same.modules() if hasattr(module, "_packed_params") and hasattr(module, "set_weight_bias"))
                weight, bias = linear.weight(), linear.bias()
                changed = torch.quantize_per_tensor(weight.dequantize() * 2, 2 * weight.q_scale(), 0, torch.qint8) if (
                    weight.qscheme() == torch.per_tensor_affine) else torch.quantize_per_channel(
                    weight.dequantize() * 2, 2 * weight.q_per_channel_scales(), weight.q_per_channel_zero_points(), 0, torch.qint8)
                # The same integers with other scales.
                self.assertTrue(torch.equal(changed.int_repr(), weight.int_repr()))
                linear.set_weight_bias(changed, bias)
                self.assertNotEqual(digest(net), digest(same))
                linear.set_weight_bias(weight, bias + 1)
                self.assertNotEqual(digest(net), digest(same))
                self.assertIsNone(signature(net))

    def test_quantized_buffers_count(self):
        def holding(values, scale, zero):
            net = nn.Module()
            net.register_buffer("q", torch.quantize_per_tensor(torch.tensor(values), scale, zero, torch.qint8))
            return digest(net)

        found = [holding([1.0, 2.0], 0.5, 0), holding([1.0, 1.0], 0.5, 0), holding([2.0, 4.0], 1.0, 0), holding([1.0, 2.0], 0.5, 1)]
        self.assertEqual(len(set(found)), 4)
        self.assertEqual(found[0], holding([1.0, 2.0], 0.5, 0))

    def test_other_state_counts(self):
        self.assertNotEqual(digest(Extra({"a": [1, torch.zeros(2)]})), digest(Extra({"a": [1, torch.ones(2)]})))
        self.assertEqual(digest(Extra((1, "b"))), digest(Extra((1, "b"))))
        sparse = nn.Module()
        sparse.register_buffer("s", torch.eye(3).to_sparse())
        other = copy.deepcopy(sparse)
        other.s = (torch.eye(3) * 2).to_sparse()
        self.assertNotEqual(digest(sparse), digest(other))

    def test_what_has_no_digest_is_not_resumed(self):
        for name, net in (("extra", nn.Sequential(nn.Linear(2, 2), Extra(object()))), ("lazy", nn.Sequential(nn.LazyLinear(2)))):
            with self.subTest(name):
                with self.refused(mistique.InvalidError):
                    self.store.capture(net, name, layers=["0"], resume=True)
                with self.store.capture(net, name, layers=["0"]) as capture:
                    for row in (0, 1):
                        with capture.rows([row]), torch.no_grad():
                            # A lazy module has weights as soon as it was called.
                            net(torch.ones(1, 2)) if name == "lazy" else net[0](torch.ones(1, 2))
                self.assertNotIn("weights", self.store[name].note)

    def test_signatures(self):
        net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).to(memory_format=torch.channels_last)
        was, quick = signature(net), signature(net, False)
        self.assertTrue(is_same(was, signature(net)) and is_same(quick, signature(net, False)))
        net[1].num_batches_tracked += 1
        self.assertFalse(is_same(was, signature(net)))
        self.assertTrue(is_same(quick, signature(net, False)))
        with torch.no_grad():
            net[0].weight[0, 0, 0, 0] = 1
        self.assertFalse(is_same(quick, signature(net, False)))

    def test_a_note_has_names_that_are_reserved(self):
        net = nn.Sequential(nn.Linear(2, 2))
        for key in ("autocast", "first_keys", "modules", "weights", "batch_dim", "training", "grad", "model", "framework", "version"):
            with self.subTest(key), self.refused(mistique.InvalidError, "net") as refused:
                self.store.capture(net, "net", note={key: 1})
            self.assertIn(key, refused.error.what)
        with self.refused(mistique.InvalidError, "mine"):
            self.store.capture(None, "mine", note={"weights": "imagenet"})
        # Who adds arrays says what they are of.
        self.store.capture(None, "mine", note={"model": "tree", "version": 3}).abandon()


if __name__ == "__main__":
    unittest.main()

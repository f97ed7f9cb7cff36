"""Captures of PyTorch modules, against register_forward_hook."""

import threading
import unittest
import warnings

import numpy as np
from support import StoreCase, has

import mistique

if has("torch"):
    import torch
    from torch import nn

    class Block(nn.Module):
        """A residual block: a ReLU that is called twice, in place the second time."""

        def __init__(self, channels):
            super().__init__()
            self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
            self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
            self.relu = nn.ReLU(inplace=True)

        def forward(self, x):
            return self.relu(x + self.conv2(self.relu(self.conv1(x))))

    class Net(nn.Module):
        """Blocks in a Sequential, a dense layer after them."""

        def __init__(self):
            super().__init__()
            self.layer1 = nn.Sequential(nn.Conv2d(3, 4, 3), Block(4))
            self.layer2 = nn.Sequential(Block(4))
            self.fc = nn.Linear(4, 5)

        def forward(self, x):
            return self.fc(self.layer2(self.layer1(x)).mean((2, 3)))


@unittest.skipUnless(has("torch"), "PyTorch is not here")
class TorchTests(StoreCase):
    def setUp(self):
        super().setUp()
        torch.manual_seed(1)
        self.net = Net().eval()
        self.images = torch.randn(30, 3, 8, 8)

    def hooked(self, model, inputs, names):
        """What plain hooks see, call by call."""
        seen, hooks = {}, []
        for name, module in model.named_modules():
            if name in names:
                def hook(_m, _i, output, name=name):
                    seen.setdefault(name, []).append(output.detach().clone())
                hooks.append(module.register_forward_hook(hook))
        with torch.no_grad():
            model(inputs)
        for hook in hooks:
            hook.remove()
        return seen

    def capture(self, name, layers, model=None, images=None, **options):
        model, images = model or self.net, self.images if images is None else images
        with self.store.capture(model, name, layers=layers, **options) as capture, torch.no_grad():
            for start in range(0, len(images), 10):
                ids = torch.arange(start, min(start + 10, len(images)))
                with capture.rows(ids):
                    model(images[start:start + 10])
        return self.store[name]

    def test_values_are_those_of_hooks_bit_for_bit(self):
        names = [name for name, _ in self.net.named_modules() if name]
        model = self.capture("all", ["**"])
        for start in range(0, 30, 10):
            seen = self.hooked(self.net, self.images[start:start + 10], names)
            for name, calls in seen.items():
                for place, expected in enumerate(calls):
                    called = name if place == 0 else f"{name}:{place + 1}"
                    got = model[called].rows(range(start, start + 10)).numpy()
                    np.testing.assert_array_equal(got.view(np.uint32), expected.numpy().view(np.uint32), called)
        self.assertIn("layer2.0.relu:2", model)

    def test_names(self):
        self.assertEqual(list(self.capture("a", ["layer*.*", "fc"])), ["layer1.0", "layer1.1", "layer2.0", "fc"])
        self.assertEqual(list(self.capture("b", ["layer?"])), ["layer1", "layer2"])
        self.assertEqual(set(self.capture("c", ["**.conv[12]"])), {"layer1.1.conv1", "layer1.1.conv2", "layer2.0.conv1", "layer2.0.conv2"})
        self.assertIn("layer1.0", self.capture("d", None))
        with self.refused(mistique.NotFoundError) as refused:
            self.store.capture(self.net, "e", layers=["layer3"])
        self.assertIn("layer", refused.error.remedy)
        self.assertEqual(self.capture("f", ["fc"]).note["framework"], "torch")

    def test_hooks_go_with_the_capture(self):
        self.capture("hooks", ["fc"])
        self.assertFalse(any(module._forward_hooks for module in self.net.modules()))
        with self.assertRaises(ZeroDivisionError), self.store.capture(self.net, "x", layers=["fc"]):
            1 / 0
        self.assertFalse(any(module._forward_hooks for module in self.net.modules()))

    def test_a_call_outside_of_a_block_says_so(self):
        with self.store.capture(self.net, "outside", layers=["fc"]) as capture:
            with self.refused(mistique.InvalidError, "fc") as refused, torch.no_grad():
                self.net(self.images)
            self.assertIn("capture.rows(ids)", refused.error.remedy)
            with self.refused(mistique.InvalidError), capture.rows([1]):
                pass
            with self.refused(mistique.InvalidError), capture.rows([1]), torch.no_grad():
                self.net(self.images)
            with capture.rows(range(30)), torch.no_grad():
                self.net(self.images)
        self.assertEqual(len(self.store["outside"]["fc"]), 30)

    def test_halves(self):
        patterns = torch.arange(65536, dtype=torch.int32).to(torch.int16).reshape(64, 1024)
        for kind in (torch.float16, torch.bfloat16):
            name = str(kind).split(".")[1]
            given = patterns.view(kind)
            with self.store.capture(None, name) as capture, capture.rows(range(64)):
                capture.add("x", given)
            answer = self.store[name]["x"].get()
            self.assertEqual((answer.type, answer.torch().dtype), (name, kind))
            np.testing.assert_array_equal(answer.bits().view(np.int16), patterns.numpy())
            self.assertTrue(torch.equal(answer.torch().view(torch.int16), patterns))
        self.assertEqual(self.store["bfloat16"]["x"].numpy().dtype, np.float32)

    def test_channels_last(self):
        model = self.net.to(memory_format=torch.channels_last)
        got = self.capture("last", ["layer1.0"], model, self.images.contiguous(memory_format=torch.channels_last))
        seen = self.hooked(model, self.images[:10].contiguous(memory_format=torch.channels_last), ["layer1.0"])
        np.testing.assert_array_equal(got["layer1.0"].rows(range(10)).numpy(), seen["layer1.0"][0].numpy())

    def test_several_tensors(self):
        lstm = nn.LSTM(4, 6)  # (T, rows, D)
        inputs = torch.randn(5, 8, 4)
        model = nn.Sequential(lstm)
        with self.store.capture(model, "lstm", layers=["0"], batch_dim=1) as capture, capture.rows(range(8)), torch.no_grad():
            output, (hidden, cell) = model(inputs)
        got = self.store["lstm"]
        np.testing.assert_array_equal(got["0"].numpy(), output.movedim(1, 0).numpy())
        np.testing.assert_array_equal(got["0[1]"].numpy(), hidden.movedim(1, 0).numpy())
        np.testing.assert_array_equal(got["0[1][1]"].numpy(), cell.movedim(1, 0).numpy())

    def test_a_container_that_comes_first(self):
        class States(nn.Module):
            def forward(self, x):
                return (x, 2 * x), {"more": 3 * x}, 4 * x

        class Alone(nn.Module):
            def forward(self, x):
                return [[x, 2 * x]]

        x = torch.randn(3, 2)
        for module, factors in ((States(), {"0[0]": 1, "0[0][1]": 2, "0[1]": 3, "0[2]": 4}), (Alone(), {"0": 1, "0[1]": 2})):
            name = type(module).__name__
            with self.store.capture(nn.Sequential(module), name, layers=["0"]) as capture, capture.rows(range(3)):
                module(x)
            got = self.store[name]
            self.assertEqual(set(got), set(factors))
            for layer, factor in factors.items():
                np.testing.assert_array_equal(got[layer].numpy(), (factor * x).numpy())

    def test_a_single_value_is_no_layer(self):
        loss = nn.Sequential(nn.Identity())
        with self.store.capture(loss, "loss", layers=["0"]) as capture:
            with self.refused(mistique.InvalidError, "0") as refused, capture.rows([1]):
                loss(torch.tensor(1.0))
            self.assertIn("Leave it out", refused.error.remedy)
            with capture.rows([1]):
                loss(torch.ones(1, 2))

    def test_another_thread_is_not_taken_for_the_block(self):
        model = nn.Sequential(nn.Linear(2, 2))
        with self.store.capture(model, "threads", layers=["0"]) as capture:
            with self.refused(mistique.InvalidError, "threads"), capture.rows([0, 1]), torch.no_grad():
                other = threading.Thread(target=model, args=(torch.zeros(2, 2),))
                other.start()
                other.join()
                model(torch.ones(2, 2))
            # All of it by one thread, whichever that is.
            with capture.rows([0, 1]), torch.no_grad():
                worker = threading.Thread(target=model, args=(torch.ones(2, 2),))
                worker.start()
                worker.join()
        self.assertEqual(list(self.store["threads"]), ["0"])
        np.testing.assert_array_equal(self.store["threads"]["0"].numpy(), model(torch.ones(2, 2)).detach().numpy())

    def test_states_of_recurrent_modules(self):
        for kind in (nn.LSTM, nn.GRU, nn.RNN):
            for first in (True, False):
                for given in (None, {"0": 0 if first else 1, "0[1]": 1, "0[1][1]": 1}, {"0": 0 if first else 1, "0[[]1]*": 1}):
                    name = f"{kind.__name__} {first} {given}"
                    with self.subTest(name):
                        model = nn.Sequential(kind(4, 6, num_layers=2, bidirectional=True, batch_first=first))
                        inputs = torch.randn(8, 5, 4) if first else torch.randn(5, 8, 4)
                        with self.store.capture(model, name, layers=["0"], batch_dim=given) as capture, capture.rows(range(8)), torch.no_grad():
                            output, state = model(inputs)
                        got = self.store[name]
                        np.testing.assert_array_equal(got["0"].numpy(), (output if first else output.movedim(1, 0)).numpy())
                        hidden = state[0] if kind is nn.LSTM else state
                        np.testing.assert_array_equal(got["0[1]"].numpy(), hidden.movedim(1, 0).numpy())
                        if kind is nn.LSTM:
                            np.testing.assert_array_equal(got["0[1][1]"].numpy(), state[1].movedim(1, 0).numpy())
        model = nn.Sequential(nn.LSTM(4, 6, batch_first=True))
        with self.store.capture(model, "wrong", layers=["0"], batch_dim={"0[1]": 3}) as capture:
            with self.refused(mistique.InvalidError, "0[1]"), capture.rows(range(8)), torch.no_grad():
                model(torch.randn(8, 5, 4))
            with self.refused(mistique.InvalidError, "0"), capture.rows(range(8)), torch.no_grad():
                model(nn.utils.rnn.pack_sequence([torch.randn(1, 4)] * 8))
            with self.refused(mistique.InvalidError, "batch_dim"):
                self.store.capture(model, "type", batch_dim={"0": "1"})
            capture.abandon()

    def test_attention_with_its_rows_second(self):
        for first in (True, False):
            layer = nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0, batch_first=first)
            # As many positions as rows: nothing else tells them apart.
            models = {"layer": layer, "encoder": nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)}
            for kind, one in models.items():
                with self.subTest(f"{kind} {first}"):
                    model, inputs = nn.Sequential(one), torch.randn(8, 8, 4)
                    name = f"{kind} {first}"
                    with self.store.capture(model, name, layers=["0"]) as capture, capture.rows(range(8)), torch.no_grad():
                        output = model(inputs)
                    expected = output if first else output.movedim(1, 0)
                    np.testing.assert_array_equal(self.store[name]["0"].numpy().reshape(8, 8, 4), expected.numpy())
                    inner = "0.norm2" if kind == "layer" else "0.layers.1.norm2"
                    with self.store.capture(model.train(), name + " inner", layers=[inner]) as capture, capture.rows(range(8)), torch.no_grad():
                        output = model(inputs)
                    expected = output if first else output.movedim(1, 0)
                    np.testing.assert_array_equal(self.store[name + " inner"][inner].numpy().reshape(8, 8, 4), expected.numpy())

    def test_reruns_know_where_the_rows_are(self):
        from mistique.torch import rerun

        for first, given in ((True, None), (False, 1)):
            name = f"recurrent {first}"
            model = nn.Sequential(nn.LSTM(4, 6, batch_first=first))
            inputs = torch.randn(8, 8, 4)
            with torch.no_grad():
                output, (hidden, cell) = model(inputs)
            with self.store.capture(model, name, layers=["0"], policy="none", batch_dim=given) as capture, capture.rows(range(8)), torch.no_grad():
                model(inputs)

            def rows(ids, first=first, inputs=inputs):
                return inputs[ids] if first else inputs[:, ids]

            self.store.rerun(name, rerun(model, rows, batch_size=8, batch_dim=given), ids=range(8))
            got = self.store[name]
            np.testing.assert_array_equal(got["0"].numpy(), (output if first else output.movedim(1, 0)).numpy())
            np.testing.assert_array_equal(got["0[1]"].numpy(), hidden.movedim(1, 0).numpy())
            np.testing.assert_array_equal(got["0[1][1]"].numpy(), cell.movedim(1, 0).numpy())

    def test_tensors_that_are_no_plain_memory_are_refused(self):
        warnings.simplefilter("ignore", UserWarning)  # nested tensors are a prototype in some versions
        nested = torch.nested.nested_tensor if hasattr(torch, "nested") and hasattr(torch.nested, "nested_tensor") else torch.nested_tensor
        with self.store.capture(None, "kinds") as capture:
            for wrong in (nested([torch.zeros(2), torch.zeros(3)]), torch.eye(2).to_sparse(), torch.zeros(2, dtype=torch.complex64)):
                with self.refused(mistique.InvalidError), capture.rows(range(2)):
                    capture.add("x", wrong)
            with capture.rows(range(2)):
                capture.add("x", torch.zeros(2, 1))
        got = self.store.log_frame({"x": torch.tensor([1.5, 2.5], dtype=torch.bfloat16), "y": torch.tensor([1, 2**40])}, "frame", range(2))["frame"]
        self.assertEqual({name: values.tolist() for name, values in got.get().dict().items()}, {"x": [1.5, 2.5], "y": [1, 2**40]})

    def test_reruns(self):
        with self.store.capture(self.net, "lossy", layers=["layer2.0", "fc"], policy="dedup + kbit(8)") as capture:
            with capture.rows(range(30)), torch.no_grad():
                self.net(self.images)
        from mistique.torch import rerun

        self.store.rerun("lossy", rerun(self.net, lambda ids: self.images[ids], batch_size=30), ids=range(30))
        with torch.no_grad():
            expected = self.net(self.images)
        got = self.store["lossy"]["fc"].exact().numpy()
        np.testing.assert_array_equal(got, expected.numpy())
        self.assertFalse(self.store["lossy"]["fc"].options(plan="read").get().is_exact)

    def test_two_threads_re_run_one_model(self):
        net, images = nn.Sequential(nn.Linear(2, 2)).eval(), torch.randn(2, 2)
        with self.store.capture(net, "m", layers=["0"], policy="none") as capture, capture.rows([0, 1]), torch.no_grad():
            net(images)
        with torch.no_grad():
            right = net(images).numpy()
        first, second = threading.Event(), threading.Event()

        def inputs(ids):
            # The first thread calls the model while the second has its hooks on it.
            if ids[0] == 1:
                first.set()
                second.wait(10)
                net(torch.zeros(1, 2))  # a call that is none of the re-run's
            else:
                first.wait(10)
            return images[ids]

        self.store.rerun("m", mistique.torch.rerun(net, inputs), ids=[0, 1])
        layer, found = self.store["m"]["0"], {}

        def ask():
            found[0] = layer.rows([0]).numpy()
            second.set()

        thread = threading.Thread(target=ask)
        thread.start()
        found[1] = layer.rows([1]).numpy()
        thread.join()
        for row in (0, 1):
            np.testing.assert_array_equal(found[row][0], right[row])

    def test_a_re_run_is_not_captured(self):
        net, images = nn.Sequential(nn.Linear(2, 2)).eval(), torch.randn(4, 2)
        with torch.no_grad(), mistique.open(self.folder + "/other") as other:
            with other.capture(net, "m", layers=["0"], policy="none") as capture, capture.rows(range(4)):
                net(images)
            other.rerun("m", mistique.torch.rerun(net, lambda ids: images[ids]), ids=range(4))
            with self.store.capture(net, "n", layers=["0"]) as capture, capture.rows([0, 1]):
                right = net(images[:2])
                other["m"]["0"].rows([3, 2]).numpy()
        np.testing.assert_array_equal(self.store["n"]["0"].numpy(), right.numpy())

    def test_a_re_run_by_a_plain_function_is_not_captured(self):
        net, images = nn.Sequential(nn.Linear(2, 2)).eval(), torch.randn(4, 2)
        with torch.no_grad(), mistique.open(self.folder + "/other") as other:
            with other.capture(net, "m", layers=["0"], policy="none") as capture, capture.rows(range(4)):
                net(images)

            def again(layers, ids):
                with self.store.capture(net, "inner", layers=["0"]) as inner, inner.rows(ids):
                    return {"0": net(images[ids])}

            other.rerun("m", lambda layers, ids: {"0": net(images[ids])}, ids=range(4))
            with self.store.capture(net, "n", layers=["0"]) as capture, capture.rows([0, 1]):
                other["m"]["0"].rows([3, 2]).numpy()
                right = net(images[:2])
            # A capture that the function begins is its own.
            other.rerun("m", again, ids=range(4))
            asked = other["m"]["0"].rows([3, 2]).numpy()
        np.testing.assert_array_equal(self.store["n"]["0"].numpy(), right.numpy())
        np.testing.assert_array_equal(self.store["inner"]["0"].rows([3, 2]).numpy(), asked)

    def test_a_re_run_in_another_precision_is_refused(self):
        net, images = nn.Sequential(nn.Linear(8, 3)).eval(), torch.randn(4, 8)
        for policy in ("none", "adaptive(0s/KB)"):
            name = policy[:4]
            with self.store.capture(net, name, layers=["0"], policy=policy) as capture, capture.rows(range(4)), torch.no_grad():
                with torch.autocast("cpu", torch.bfloat16):
                    right = net(images)
            self.store.rerun(name, lambda layers, ids: {"0": net(images[ids])}, ids=range(4))
            with self.refused(mistique.InvalidError) as refused:
                self.store[name]["0"].numpy()
            self.assertIn("bfloat16", str(refused.error))

            def cast(layers, ids):
                with torch.autocast("cpu", torch.bfloat16):
                    # Of the right values float32 says the same.
                    return {"0": net(images[ids]).float()}

            self.store.rerun(name, cast, ids=range(4))
            answer = self.store[name]["0"].get()
            self.assertTrue(torch.equal(answer.torch(), right.detach()))
        with self.store.capture(net, "whole", layers=["0"], policy="none") as capture, capture.rows(range(4)), torch.no_grad():
            net(images)
        self.store.rerun("whole", lambda layers, ids: {"0": net(images[ids]).half()}, ids=range(4))
        with self.refused(mistique.InvalidError):
            self.store["whole"]["0"].numpy()

    def test_a_glob_of_which_nothing_is_called_is_refused(self):
        net, inputs = nn.ModuleDict({"used": nn.Linear(2, 2), "unused": nn.ModuleList([nn.Linear(2, 2)])}), torch.randn(2, 2)
        with self.refused(mistique.InvalidError) as refused, torch.no_grad():
            with self.store.capture(net, "m", layers=["unused.*", "used"]) as capture, capture.rows([0, 1]):
                net["used"](inputs)
        self.assertEqual(refused.error.place, "unused.*")
        with self.assertWarnsRegex(UserWarning, "unused.0"), torch.no_grad():
            with self.store.capture(net, "m") as capture, capture.rows([0, 1]):
                net["used"](inputs)

    def test_a_named_layer_that_is_not_called_is_refused(self):
        class Attention(nn.Module):
            def __init__(self):
                super().__init__()
                self.attn, self.fc = nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, 3)

            def forward(self, x):
                return self.fc(self.attn(x, x, x)[0])

        net, inputs = Attention().eval(), torch.randn(2, 5, 8)
        with self.refused(mistique.InvalidError) as refused, torch.no_grad():
            with self.store.capture(net, "m", layers=["attn.out_proj", "fc"]) as capture, capture.rows([0, 1]):
                net(inputs)
        self.assertEqual(refused.error.place, "attn.out_proj")
        # Of a glob, those that are called are meant; a warning at the end names the others.
        net.more = nn.ModuleList([nn.Linear(2, 2) for _ in range(7)])
        with self.assertWarns(UserWarning) as told:
            with self.store.capture(net, "m", layers=["**"]) as capture, torch.no_grad():
                for row in range(2):
                    with capture.rows([2 * row, 2 * row + 1]):
                        net(inputs)
        self.assertEqual(set(self.store["m"]), {"attn", "attn[1]", "fc"})
        text = "m: 8 of the modules that its layers name were never called, and are not stored: attn.out_proj, more.0, more.1, more.2, more.3, ..."
        self.assertEqual([str(one.message).partition(". Some")[0] for one in told.warnings], [text])
        self.assertEqual(told.filename, __file__)

    def test_sequences(self):
        model = nn.Sequential(nn.Linear(3, 4))
        tokens, mask = torch.randn(2, 6, 3), torch.tensor([[1, 1, 1, 1, 1, 1], [0, 0, 1, 1, 1, 1]])
        with self.store.capture(model, "tokens", layers=["0"]) as capture, capture.rows([8, 9], mask=mask), torch.no_grad():
            expected = model(tokens)
        for wrong in ((1 - mask) * -1e9, mask * 2, mask.float() * float("nan"), ((1 - mask) * -1e9).bfloat16()):
            with self.store.capture(None, "wrong mask") as capture:
                with self.refused(mistique.InvalidError, "mask"):
                    capture.rows([8, 9], mask=wrong)
                capture.abandon()
        got = self.store["tokens"]["0"].rows([9, 8]).ragged()
        np.testing.assert_array_equal(got[0], expected[1, 2:].numpy())
        self.assertEqual([one.shape for one in got.torch()], [(4, 4), (6, 4)])


if __name__ == "__main__":
    unittest.main()

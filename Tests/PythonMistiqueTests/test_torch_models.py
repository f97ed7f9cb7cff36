"""Which model, which of its modules and which of its rows a capture is of."""

import copy
import unittest
import warnings

import numpy as np
from support import StoreCase, has

import mistique

if has("torch"):
    import torch
    from torch import nn

    class Tied(nn.Module):
        """Two branches with one activation between them; the second branch runs first."""

        def __init__(self):
            super().__init__()
            activation = nn.ReLU()
            self.a = nn.ModuleDict({"linear": nn.Linear(4, 4), "act": activation})
            self.b = nn.ModuleDict({"linear": nn.Linear(4, 4), "act": activation})

        def forward(self, x):
            second = self.b.act(self.b.linear(x))
            return self.a.act(self.a.linear(x)) + second

    class TimeFirst(nn.Module):
        """A recurrent model whose inputs are (T, rows)."""

        def __init__(self):
            super().__init__()
            self.encoder, self.rnn, self.decoder = nn.Embedding(10, 5), nn.LSTM(5, 6), nn.Linear(6, 3)

        def forward(self, x):
            return self.decoder(self.rnn(self.encoder(x))[0])


@unittest.skipUnless(has("torch"), "PyTorch is not here")
class WhichModelTests(StoreCase):
    def setUp(self):
        super().setUp()
        torch.manual_seed(1)

    def test_a_copy_is_another_model(self):
        net, inputs = nn.Sequential(nn.Linear(4, 3)), torch.randn(5, 4)
        with self.store.capture(net, "net") as capture:
            average = copy.deepcopy(net)
            with torch.no_grad():
                average[0].bias += 1
            with capture.rows(range(5)), torch.no_grad():
                average(inputs)
                output = net(inputs)
            with self.refused(mistique.InvalidError, "net"), capture.rows([9]), torch.no_grad():
                average(inputs[:1])
        self.assertEqual(list(self.store["net"]), ["0"])
        np.testing.assert_array_equal(self.store["net"]["0"].numpy().reshape(5, 3), output.numpy())
        average(inputs)  # its hooks do nothing, also when the capture has ended

    def test_a_module_of_two_names(self):
        model, inputs = Tied(), torch.randn(6, 4)
        with torch.no_grad():
            first = torch.relu(model.b.linear(inputs))
        for name, layers in (("all", None), ("b", ["b.*"]), ("exact", ["b.act"])):
            with self.subTest(name):
                with self.assertWarnsRegex(UserWarning, "a.act is also b.act"):
                    capture = self.store.capture(model, name, layers=layers)
                with capture, capture.rows(range(6)), torch.no_grad():
                    model(inputs)
                stored = self.store[name]
                # Both calls, the first of them b's.
                np.testing.assert_array_equal(stored["a.act"].numpy().reshape(6, 4), first.numpy())
                self.assertIn("a.act:2", list(stored))

    def test_dimensions_name_modules(self):
        model = nn.Sequential(nn.LSTM(4, 6), nn.Identity())
        for wrong in ({"1x": 0}, {"lstm[1]": 1}, {"2.*": 1}):
            with self.subTest(str(wrong)), self.refused(mistique.InvalidError, "batch_dim"):
                self.store.capture(model, "wrong", batch_dim=wrong)
        pair = nn.ModuleDict({"lstm": nn.LSTM(4, 6, batch_first=True), "lstm1": nn.Linear(4, 4)})
        with self.store.capture(pair, "pair", layers=["lstm", "lstm1"], batch_dim={"lstm[1]": 1}) as capture, capture.rows(range(4)), torch.no_grad():
            pair.lstm(torch.randn(4, 7, 4))
            flat = pair.lstm1(torch.randn(4, 4))
        np.testing.assert_array_equal(self.store["pair"]["lstm1"].numpy().reshape(4, 4), flat.numpy())

    def test_as_many_steps_as_rows(self):
        model, inputs = TimeFirst(), torch.randint(0, 10, (8, 8))
        with self.store.capture(model, "guessed") as capture:
            with self.refused(mistique.InvalidError, "encoder"), capture.rows(range(8)), torch.no_grad():
                model(inputs)
            capture.abandon()
        with self.store.capture(model, "told", batch_dim={"encoder": 1, "decoder": 1}) as capture, capture.rows(range(8)), torch.no_grad():
            output = model(inputs)
        np.testing.assert_array_equal(self.store["told"]["decoder"].numpy().reshape(8, 8, 3), output.movedim(1, 0).numpy())
        from mistique.torch import rerun

        with self.refused(mistique.InvalidError, "told"):
            self.store.rerun("told", rerun(model, lambda ids: inputs[:, ids], batch_dim={"encoder": 1, "decoder": 0}), ids=range(8))
        with self.refused(mistique.InvalidError, "told"):
            self.store.rerun("told", rerun(model, lambda ids: inputs[:, ids]), ids=range(8))
        self.store.rerun("told", rerun(model, lambda ids: inputs[:, ids], batch_dim={"encoder": 1, "decoder": 1}), ids=range(8))

    def test_as_many_steps_as_rows_in_two_dimensions(self):
        class Chosen(nn.Module):
            def forward(self, x):
                return x.argmax(-1).float()

        model = nn.Sequential(nn.Embedding(10, 5), nn.RNN(5, 6))
        model.chosen = Chosen()
        inputs = torch.randint(0, 10, (8, 8))
        for told in (None, {"chosen": 1}):
            name = f"chosen {told is not None}"
            with self.store.capture(model, name, layers=["chosen"], batch_dim=told) as capture:
                def run():
                    with capture.rows(range(8)), torch.no_grad():
                        return model.chosen(model[1](model[0](inputs))[0])

                if told is None:
                    with self.refused(mistique.InvalidError, "chosen"):
                        run()
                    capture.abandon()
                else:
                    chosen = run()
        np.testing.assert_array_equal(self.store[name]["chosen"].numpy().reshape(8, 8), chosen.T.numpy())

    def test_the_dimension_of_a_second_call(self):
        class Twice(nn.Module):
            def __init__(self):
                super().__init__()
                self.pair = nn.Sequential()
                self.pair.forward = lambda x: (x, x.T)

            def forward(self, x):
                return self.pair(x), self.pair(2 * x)

        inputs = torch.randn(4, 3)
        for given in ({"pair[1]": 1}, {"pair[1]": 1, "pair:2[1]": -1}):
            name = f"twice {len(given)}"
            with self.store.capture(Twice(), name, layers=["pair"], batch_dim=given) as capture, capture.rows(range(4)):
                Twice.forward(capture._model, inputs)
            self.assertEqual(set(self.store[name]), {"pair", "pair[1]", "pair:2", "pair:2[1]"})
            np.testing.assert_array_equal(self.store[name]["pair:2[1]"].numpy().reshape(4, 3), 2 * inputs.numpy())

    def test_what_an_encoder_has_beside_its_layers(self):
        layer = nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0)
        model, inputs = nn.TransformerEncoder(layer, 1, norm=nn.LayerNorm(4)).eval(), torch.randn(8, 8, 4)
        with self.store.capture(model, "encoder", layers=["norm"]) as capture, capture.rows(range(8)), torch.no_grad():
            output = model(inputs)
        np.testing.assert_array_equal(self.store["encoder"]["norm"].numpy().reshape(8, 8, 4), output.movedim(1, 0).numpy())

    def test_a_model_without_modules_is_refused(self):
        with self.refused(mistique.NotFoundError) as refused:
            self.store.capture(nn.Linear(4, 3), "leaf")
        self.assertIn("Sequential", refused.error.remedy)

    def test_parametrized_modules_are_leaves(self):
        from torch.nn.utils import parametrizations

        model = nn.Sequential(parametrizations.spectral_norm(nn.Linear(4, 3)), nn.ReLU(), nn.Sequential(parametrizations.orthogonal(nn.Linear(3, 2)))).eval()
        inputs = torch.randn(6, 4)
        for name, layers in (("all", None), ("glob", ["**"])):
            with self.store.capture(model, name, layers=layers) as capture, capture.rows(range(6)), torch.no_grad():
                output = model(inputs)
            self.assertEqual(set(self.store[name]) - {"2"}, {"0", "1", "2.0"})
            np.testing.assert_array_equal(self.store[name]["2.0"].numpy().reshape(6, 2), output.numpy())
        with self.refused(mistique.NotFoundError):
            self.store.capture(nn.utils.parametrizations.spectral_norm(nn.Linear(4, 3)), "leaf")

    def test_a_resumption_with_other_weights_is_refused(self):
        net, inputs = nn.Sequential(nn.Linear(4, 3)), torch.randn(10, 4)
        other = nn.Sequential(nn.Linear(4, 3))

        def begun(model, name="net"):
            return self.store.capture(model, name, resume=True, checkpoint=1)

        capture = begun(net)
        with capture.rows(range(5)), torch.no_grad():
            net(inputs[:5])
        capture.abandon()
        with self.refused(mistique.InvalidError, "net"):
            begun(other)
        with self.refused(mistique.InvalidError, "net"):
            begun(nn.ModuleList([nn.Linear(4, 3)]))
        self.reopened()
        with begun(copy.deepcopy(net)) as capture, torch.no_grad():
            # The hooks are those of the copy.
            pass_on = capture.has(range(10))
            self.assertEqual(pass_on.sum(), 5)
            capture.abandon()
        with begun(net) as capture, capture.rows(range(10)), torch.no_grad():
            output = net(inputs)
        np.testing.assert_array_equal(self.store["net"]["0"].numpy().reshape(10, 3)[5:], output.numpy()[5:])

    def test_lengths_and_masks_are_copied(self):
        tokens = np.arange(24, dtype=np.float32).reshape(2, 4, 3)
        for name, kind in (("lengths", "lengths"), ("mask", "mask")):
            with self.subTest(name):
                given = torch.tensor([3, 2]) if kind == "lengths" else torch.tensor([[True] * 3 + [False], [True] * 2 + [False] * 2])
                ids = np.array([4, 7])
                with self.store.capture(None, name) as capture, capture.rows(ids, **{kind: given}):
                    capture.add("h", tokens)
                    given[:] = given - 1 if kind == "lengths" else ~given
                    ids[:] = 0
                    capture.add("g", tokens)
                for layer in "hg":
                    rows = self.store[name][layer].rows([7]).ragged()
                    np.testing.assert_array_equal(rows[0].reshape(2, 3), tokens[1, :2])

    def test_states_are_no_tokens(self):
        model = nn.Sequential(nn.LSTM(4, 6, bidirectional=True, batch_first=True))
        with self.store.capture(model, "net", layers=["0"]) as capture, capture.rows([0, 1], lengths=[2, 1]), torch.no_grad():
            _, (hidden, _) = model(torch.randn(2, 2, 4))
        np.testing.assert_array_equal(self.store["net"]["0[1]"].numpy().reshape(2, 2, 6), hidden.movedim(1, 0).numpy())

    def test_a_process_that_flushes_subnormals(self):
        values = torch.relu(torch.randn(600, 8))
        values[:, 0] = torch.tensor([0.0, 1e-40, 1.0, 2e-39] * 150)
        stored = {}
        for flushes in (False, True):
            if not torch.set_flush_denormal(flushes) and flushes:
                self.skipTest("this processor does not flush")
            try:
                for policy in ("dedup", "dedup + kbit(8)", "dedup + threshold(0.3)"):
                    name = f"{policy} {flushes}".translate(str.maketrans("+(). ", "_____"))
                    with self.store.capture(None, name, policy=policy) as capture, capture.rows(range(600)):
                        capture.add("h", values)
                    stored[policy, flushes] = self.store[name]["h"].numpy()
            finally:
                torch.set_flush_denormal(False)
        for policy in ("dedup", "dedup + kbit(8)", "dedup + threshold(0.3)"):
            with self.subTest(policy):
                np.testing.assert_array_equal(stored[policy, True].view(np.uint32), stored[policy, False].view(np.uint32))


if __name__ == "__main__":
    warnings.simplefilter("error")
    unittest.main()

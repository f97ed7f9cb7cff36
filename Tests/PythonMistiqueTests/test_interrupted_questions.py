"""A Ctrl-C in a question, a deletion or a demotion: it ends soon, nothing is half done, and nothing is given as if it were whole."""

import contextlib
import fcntl
import gc
import os
import signal
import struct
import sys
import threading
import time
import unittest
from unittest import mock

import numpy as np
from support import StoreCase

import mistique
from mistique import _asking, _library

VALUES = np.random.default_rng(5).normal(size=(300, 4, 3, 3)).astype(np.float32)


def press():
    """A Ctrl-C, in whichever thread, and time for the main one to take it."""
    signal.raise_signal(signal.SIGINT)
    time.sleep(0.3)


class Calls:
    """Calls of the library with a Ctrl-C as one of them begins, or as it has ended."""

    def __init__(self, name, when):
        self._name, self._when, self._call = name, when, _library.call
        #: What came of the interrupted call, and the names of all.
        self.outcomes, self.names = [], []

    def __call__(self, name, *arguments):
        self.names.append(name)
        if name != self._name or self.outcomes:
            return self._call(name, *arguments)
        if self._when == "before":
            press()
        try:
            self._call(name, *arguments)
        except mistique.MistiqueError as error:
            self.outcomes.append(type(error))
            raise
        self.outcomes.append("answered")
        if self._when == "after":
            press()


class InterruptedQuestionTests(StoreCase):
    def setUp(self):
        super().setUp()
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        # The values of a test are few.
        patch = mock.patch.object(_asking, "SHORT_BYTES", -1)
        patch.start()
        self.addCleanup(patch.stop)
        for name, policy in (("net", "dedup"), ("steps", "dedup + ladder(0.1rms)")):
            with self.store.capture(None, name, policy=policy) as capture, capture.rows(range(300)):
                capture.add("layer", VALUES)

    def interrupted(self, name, when, work):
        """What came of a call that a Ctrl-C came into."""
        calls = Calls(name, when)
        with mock.patch.object(_library, "call", calls):
            with self.assertRaises(KeyboardInterrupt):
                work()
            time.sleep(0.1)  # for the thread that called to let go of what it was given
            gc.collect()
        self.assertEqual(len(calls.outcomes), 1, calls.names)
        return calls

    def check(self, name="net"):
        """That the store is as it was."""
        np.testing.assert_array_equal(self.store[name]["layer"].numpy(), VALUES)
        self.assertTrue(self.store.verify())

    def questions(self, name):
        layer = self.store[name]["layer"]
        return {
            "ask": lambda: layer.numpy(), "bounds_until": lambda: layer.bounds(), "topk_until": lambda: layer.unit(2).topk(3),
        }

    def test_a_question_is_stopped(self):
        for model in ("net", "steps"):
            for name, ask in self.questions(model).items():
                with self.subTest((model, name)):
                    calls = self.interrupted(name, "before", ask)
                    self.assertEqual(calls.outcomes, [mistique.CancelledError])
                    self.check(model)
        maxima = VALUES[:, 2].reshape(300, -1).max(1)
        self.assertEqual(self.store["steps"]["layer"].unit(2).topk(3).ids.tolist(), np.argsort(-maxima, kind="stable")[:3].tolist())

    def test_an_answer_that_came_as_it_was_stopped_is_given_back(self):
        for name, ask in self.questions("net").items():
            with self.subTest(name):
                calls = self.interrupted(name, "after", ask)
                self.assertEqual(calls.outcomes, ["answered"])
                self.assertEqual(calls.names.count("answer_free"), int(name != "topk_until"))

    def test_a_model_with_a_function_is_read_and_stopped(self):
        asked = []
        self.store.rerun("net", lambda layers, ids: asked.append(layers), ids=range(300))
        for name, ask in self.questions("net").items():
            with self.subTest(name):
                self.assertEqual(self.interrupted(name, "before", ask).outcomes, [mistique.CancelledError])
        self.check()
        self.assertEqual(asked, [])

    def test_a_short_question_is_asked_by_the_thread_that_asks(self):
        threads, call, asking = set(), _library.call, self.questions("net")

        def notes(name, *arguments):
            if name in asking:
                threads.add(threading.get_ident())
            return call(name, *arguments)

        layer = self.store["net"]["layer"]
        size = layer._bytes(None)
        self.assertEqual((size, layer._bytes(np.arange(2)), layer.unit(1)._bytes(None)), (VALUES.nbytes, VALUES.nbytes, VALUES.nbytes // 4))
        for short in (True, False):
            threads.clear()
            with mock.patch.object(_library, "call", notes), mock.patch.object(_asking, "SHORT_BYTES", size if short else size - 1):
                layer.numpy()
            self.assertEqual(threads == {threading.get_ident()}, short)

    def test_a_deletion_is_stopped_or_done(self):
        self.assertEqual(self.interrupted("delete_until", "before", lambda: self.store.delete("net")).outcomes, [mistique.CancelledError])
        self.check()
        self.store.rerun("net", lambda layers, ids: {}, ids=range(300))
        self.assertEqual(self.interrupted("delete_until", "after", lambda: self.store.delete("net")).outcomes, ["answered"])
        self.assertNotIn("net", self.store)
        self.assertEqual(self.store._reruns, {})
        self.check("steps")

    def test_a_demotion_is_stopped_or_done(self):
        def demote():
            self.store.demote("steps", "layer", to="0.1rms")

        self.assertEqual(self.interrupted("demote_until", "before", demote).outcomes, [mistique.CancelledError])
        self.check("steps")
        self.assertEqual(self.interrupted("demote_until", "after", demote).outcomes, ["answered"])
        near = self.store["steps"]["layer"].options(within="0.1rms").get()
        self.assertLessEqual(np.abs(near.numpy().astype(float) - VALUES).max(), near.error_bound)
        self.assertFalse(near.is_exact)
        self.check()

    def test_a_wait_for_another_writer_is_stopped(self):
        self.store.close()
        with contextlib.closing(mistique.open(self.folder, wait=600)) as store, open(f"{self.folder}/writer.lock", "r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for work in (lambda: store.delete("net"), lambda: store.demote("steps", "layer", to="0.1rms")):
                timer, begin = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT]), time.monotonic()
                timer.start()
                with self.assertRaises(KeyboardInterrupt):
                    work()
                timer.join()
                self.assertLess(time.monotonic() - begin, 60)
            fcntl.flock(lock, fcntl.LOCK_UN)
            self.assertEqual(sorted(store), ["net", "steps"])
            store.delete("net")

    def test_a_beginning_that_is_stopped_leaves_no_capture(self):
        for when in ("before", "after"):
            calls = self.interrupted("capture_begin", when, lambda: self.store.capture(None, "new"))
            self.assertEqual(calls.outcomes, ["answered"])
        with self.store.capture(None, "new") as capture, capture.rows([1]):
            capture.add("x", np.ones((1, 2), np.float32))

    @unittest.skipUnless(sys.platform == "linux", "the locks of readers are those of Linux")
    def test_one_that_comes_before_the_function_of_a_re_run(self):
        with self.store.capture(None, "again", policy="none") as capture, capture.rows(range(300)):
            capture.add("layer", VALUES)
        asked, lost = [], []

        def function(layers, ids):
            asked.append(len(ids))
            return {"layer": VALUES[ids]}

        self.store.rerun("again", function, ids=range(300))
        layer, main = self.store["again"]["layer"], threading.main_thread().ident
        patches = mock.patch.object(sys, "unraisablehook", lost.append), mock.patch.object(_asking, "SHORT_BYTES", 1 << 40)
        with open(f"{self.folder}/readers.lock", "r+b") as lock, patches[0], patches[1]:
            # The question waits in the library, where Python raises nothing. The function is the first of Python's to run afterwards.
            fcntl.fcntl(lock, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))

            def interrupt():
                time.sleep(0.3)
                signal.pthread_kill(main, signal.SIGINT)
                time.sleep(0.3)
                fcntl.fcntl(lock, 37, struct.pack("hhqqi4x", fcntl.F_UNLCK, os.SEEK_SET, 0, 0, 0))

            other = threading.Thread(target=interrupt)
            other.start()
            with self.assertRaises(KeyboardInterrupt):
                layer.numpy()
            other.join()
        self.assertEqual((asked, lost), ([], []))
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)
        np.testing.assert_array_equal(layer.numpy(), VALUES)
        self.assertEqual(asked, [300])


if __name__ == "__main__":
    unittest.main()

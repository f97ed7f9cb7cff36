"""Callers that do everything wrong: an exception each, never a crash."""

import ctypes
import gc
import multiprocessing
import os
import pickle
import signal
import threading
import time
import unittest
import unittest.mock
import weakref

import numpy as np
from support import StoreCase, program

import mistique
from mistique import _arrays
from mistique import _library as c


def in_child(folder, answers):
    """What a forked child gets."""
    try:
        mistique.open(folder)
        answers.put("opened")
    except mistique.ForkedError as error:
        answers.put(f"{error.remedy}")


class HostileTests(StoreCase):
    def test_ids(self):
        with self.store.capture(None, "ids") as capture:
            for wrong in ([1.5], ["a"], [[1]], None, [2**64], [True]):
                with self.subTest(wrong), self.refused(mistique.InvalidError):
                    capture.rows(wrong)
            with self.refused(mistique.InvalidError), capture.rows([1, 2, 1]):
                pass
            with capture.rows([1, 2]):
                capture.add("x", np.zeros((2, 1), np.float32))
            with self.refused(mistique.InvalidError), capture.rows([3, 2]):
                pass
            self.assertEqual(capture.has([1, 2, 3]).tolist(), [True, True, False])

    def test_arrays(self):
        with self.store.capture(None, "arrays") as capture:
            with self.refused(mistique.InvalidError):
                capture.add("x", np.zeros((1, 2), np.float32))
            with capture.rows([1]):
                for wrong in (np.zeros((2, 3), np.float32), np.float32(0), np.zeros((1, 0), np.float32), np.zeros((1, 2), complex),
                              np.array([object()], object), np.array(["a"]), None, "text", np.zeros((1, 5000))):
                    with self.subTest(repr(wrong)[:40]), self.refused(mistique.InvalidError):
                        capture.add("x", wrong)
                for wrong in ("", "a\0b", "\ud800", 3, None):
                    with self.subTest(wrong), self.refused(mistique.InvalidError):
                        capture.add(wrong, np.zeros((1, 2), np.float32))
                capture.add("x", np.zeros((1, 2), np.float32))
                with self.refused(mistique.InvalidError):
                    capture.add("x", np.zeros((1, 2), np.float32))
            for wrong in (np.zeros((1, 3), np.float32), np.zeros((1, 2), np.float16)):
                with self.refused(mistique.InvalidError), capture.rows([2]):
                    capture.add("x", wrong)
            with self.refused(mistique.InvalidError), capture.rows([2]):
                capture.add("y", np.zeros((1, 2), np.float32))

    def test_names(self):
        for wrong in ("", None, 3, "a\0b", "\ud800"):
            with self.subTest(wrong), self.refused(mistique.InvalidError):
                self.store.capture(None, wrong)
        for odd in ("with.dots", "`ticks`", "*", " ", "🧪", "é"):
            with self.subTest(odd):
                with self.store.capture(None, "odd" + odd) as capture, capture.rows([1]):
                    capture.add(odd, np.float32([[1, 2]]))
                self.assertEqual(self.store["odd" + odd][odd].unit(1).numpy()[0, 0], 2)
        with self.refused(mistique.AlreadyLoggedError):
            self.store.capture(None, "odd*")

    def test_sessions(self):
        capture = self.store.capture(None, "one")
        with self.refused(mistique.BusyError):
            self.store.capture(None, "two")
        with self.refused(mistique.BusyError):
            self.store.delete("one") if "one" in self.store else c.call("delete_until", self.store.handle, b"python", b"one", None, None)
        with self.refused(mistique.InvalidError):
            capture.finish()
        capture.abandon()
        for ended in (lambda: capture.finish(), lambda: capture.add("x", [1]), lambda: capture.has([1])):
            with self.refused(mistique.InvalidError):
                ended()
        capture = self.store.capture(None, "one")
        with capture.rows([1]):
            with self.refused(mistique.InvalidError), capture.rows([2]):
                pass
            capture.add("x", np.float32([1]))
        self.store.close()
        with self.refused(mistique.BadHandleError), capture.rows([2]):
            pass
        capture.abandon()
        self.store.close()

    def test_a_capture_that_is_busy_can_be_ended_later(self):
        codes, number = [], ctypes.c_uint64()

        def stop(_context):
            # Within a call of the capture: neither can be done now.
            for name in (["capture_finish", "capture_abandon"] if number.value and not codes else []):
                arguments = [number] + ([None] if name == "capture_finish" else []) + [None]
                codes.append(getattr(c.library(), f"mistique_{name}")(*arguments))
            return 0

        callback = c.StopFunction(stop)
        options = c.CaptureOptions(project=b"p", model=b"busy", memory_bytes=1, callbacks=c.Callbacks(stop=callback))
        c.call("capture_begin", self.store.handle, ctypes.byref(options), ctypes.byref(number))
        array = np.zeros((1, 1 << 20), np.float32)
        borrowed = _arrays.Borrowed(array, "x")
        with self.refused(mistique.MistiqueError):  # the second abandons it by and by
            for row in range(1000):
                c.call("capture_rows", number, c.pointer(np.array([row])), 1)
                c.call("capture_append", number, b"x", ctypes.byref(borrowed.struct), None)
                c.call("capture_keep", number)
        self.assertEqual(codes, [35, 35])
        c.call("capture_abandon", number)
        with self.refused(mistique.BadHandleError):
            c.call("capture_abandon", number)
        with self.store.capture(None, "free") as capture, capture.rows([1]):
            capture.add("x", np.float32([1]))

    def test_finishing_while_another_thread_adds(self):
        capture = self.store.capture(None, "late")
        with capture.rows([1]):
            capture.add("x", np.float32([1]))
        real, busy = c.call_json, [True]

        def finish(name, *arguments):
            if name == "capture_finish" and busy.pop():
                raise mistique.BusyError("another thread is in a call", "late", "Wait.")
            return real(name, *arguments)

        with unittest.mock.patch.object(c, "call_json", finish):
            with self.refused(mistique.BusyError):
                capture.finish()
        with capture.rows([2]):
            capture.add("x", np.float32([2]))
        self.assertEqual(capture.finish()["rows"], 2)
        busy.append(True)
        with unittest.mock.patch.object(c, "call_json", finish):
            with self.refused(mistique.BusyError), self.store.capture(None, "left") as capture, capture.rows([1]):
                capture.add("x", np.float32([1]))
        self.store.capture(None, "next").abandon()

    def test_functions_that_are_replaced_live_as_long_as_the_store(self):
        with self.store.capture(None, "again", policy="none") as capture, capture.rows([1]):
            capture.add("x", np.float32([[1]]))

        def one(layers, ids):
            self.store.rerun("again", lambda layers, ids: {"x": np.float32([[2]])})
            gc.collect()
            return {"x": np.float32([[1]])}

        self.store.rerun("again", one)
        first = weakref.ref(self.store._reruns["python", "again"])
        x = self.store["again"]["x"].rows([1])
        self.assertEqual([x.numpy()[0, 0] for _ in range(2)], [1, 2])
        self.store.rerun("again", None)
        gc.collect()
        self.assertIsNotNone(first())

    def test_what_is_never_re_run_is_not_captured_under_a_policy_that_does_not_store_it(self):
        for policy in ("none", "adaptive(0.5s/KB)", "budget(1GB)"):
            with self.refused(mistique.InvalidError) as refused:
                self.store.log_frame({"v": np.arange(3)}, "t", range(3), policy=policy)
            self.assertIn("dedup", refused.error.remedy)
            with self.refused(mistique.InvalidError), self.store.capture(None, "w", policy=policy) as capture, capture.rows([1]):
                capture.add("wide", np.array([[2**40]]))
            with self.refused(mistique.InvalidError), self.store.capture(None, "s", policy=policy) as capture:
                with capture.rows([1], lengths=[2]):
                    capture.add("tokens", np.zeros((1, 2, 3), np.float32))
        capture = self.store.capture(None, "r", resume=True, checkpoint=1)
        with capture.rows([1]):
            capture.add("wide", np.array([[2**40]]))
        capture.abandon()
        with self.refused(mistique.InvalidError):
            self.store.capture(None, "r", resume=True, policy="none")
        self.assertEqual(list(self.store), [])

    def test_a_deleted_model_takes_its_function_with_it(self):
        def captured(value, policy):
            with self.store.capture(None, "m", policy=policy) as capture, capture.rows([1]):
                capture.add("x", np.float32([[value]]))

        captured(1, "none")
        self.store.rerun("m", lambda layers, ids: {"x": np.float32([[1]])}, ids=[1])
        self.assertEqual(self.store["m"]["x"].numpy()[0, 0], 1)
        self.store.delete("m")
        captured(2, "none")
        with self.refused(mistique.CannotPlanError):
            self.store["m"]["x"].numpy()
        self.store.rerun("m", lambda layers, ids: {"x": np.float32([[2]])}, ids=[1])
        self.assertEqual(self.store["m"]["x"].numpy()[0, 0], 2)

    def test_a_function_is_not_for_a_model_that_somebody_else_put_in_the_place_of_its_own(self):
        def captured(store, value):
            with store.capture(None, "m", policy="none") as capture, capture.rows([1]):
                capture.add("x", np.float32([[value]]))

        captured(self.store, 1)
        self.store.rerun("m", lambda layers, ids: {"x": np.float32([[1]])}, ids=[1])
        self.assertEqual(self.store["m"]["x"].numpy()[0, 0], 1)
        self.store.close()
        self.store = mistique.open(self.folder)
        self.store.rerun("m", lambda layers, ids: {"x": np.float32([[1]])}, ids=[1])
        with mistique.open(self.folder) as other:
            other.delete("m")
            captured(other, 2)
        with self.refused(mistique.CannotPlanError):
            self.store["m"]["x"].numpy()
        self.store.rerun("m", lambda layers, ids: {"x": np.float32([[2]])}, ids=[1])
        self.assertEqual(self.store["m"]["x"].numpy()[0, 0], 2)

    def test_a_re_run_function_reads_its_own_store_by_another_handle_and_writes_by_none(self):
        with self.store.capture(None, "m", policy="none") as capture, capture.rows([1]):
            capture.add("x", np.float32([[7]]))
        with self.store.capture(None, "read") as capture, capture.rows([1]):
            capture.add("x", np.float32([[7]]))

        def reads(layers, ids):
            with mistique.open(self.folder) as other:
                return {"x": other["read"]["x"].rows(ids).numpy()}

        def writes(layers, ids):
            with mistique.open(self.folder, wait=3600) as other:
                other.delete("read")

        self.store.rerun("m", reads, ids=[1])
        self.assertEqual(self.store["m"]["x"].numpy()[0, 0], 7)
        self.store.rerun("m", writes, ids=[1])
        with self.refused(mistique.BusyError):
            self.store["m"]["x"].numpy()
        self.assertIn("read", self.store)

    def test_a_re_run_function_may_read_another_store(self):
        with mistique.open(self.folder + "/inputs") as other, other.capture(None, "i") as capture, capture.rows([1]):
            capture.add("x", np.float32([[7]]))
        with self.store.capture(None, "m", policy="none") as capture, capture.rows([1]):
            capture.add("y", np.float32([[7]]))

        def closed(layers, ids):
            with mistique.open(self.folder + "/inputs") as other:
                return {"y": other["i"]["x"].rows(ids).numpy()}

        def dropped(layers, ids):
            return {"y": mistique.open(self.folder + "/inputs")["i"]["x"].rows(ids).numpy(copy=True)}

        def own(layers, ids):
            self.store.close()

        for function in (closed, dropped):
            self.store.rerun("m", function, ids=[1])
            self.assertEqual(self.store["m"]["y"].numpy()[0, 0], 7)
        self.store.rerun("m", own, ids=[1])
        with self.refused(mistique.BusyError):
            self.store["m"]["y"].numpy()
        self.store.rerun("m", closed, ids=[1])
        self.assertEqual(self.store["m"]["y"].rows([]).numpy().shape, (0, 1))
        self.assertEqual(self.store["m"]["y"].numpy()[0, 0], 7)

    def test_each_thread_gets_the_exception_of_its_own_question(self):
        with self.store.capture(None, "m", policy="none") as capture, capture.rows([1, 2]):
            capture.add("x", np.float32([[1], [2]]))
        inside, asked = threading.Event(), threading.Event()

        def fail(layers, ids):
            inside.set()
            asked.wait(10)
            raise ValueError("mine")

        self.store.rerun("m", fail, ids=[1, 2])
        raised = []

        def ask():
            try:
                self.store["m"]["x"].rows([1]).numpy()
            except Exception as error:
                raised.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        inside.wait(10)
        with self.refused(mistique.MissingRowError):
            self.store["m"]["x"].rows([5]).numpy()
        asked.set()
        thread.join()
        self.assertEqual([type(error) for error in raised], [ValueError])

    def test_handles(self):
        number = self.store.handle
        self.store.close()
        for wrong in (number, 0, 1, 2**64 - 1):
            with self.refused(mistique.BadHandleError):
                c.call_json("models", wrong)
        with self.refused(mistique.BadHandleError):
            self.store["x"]
        with self.refused(mistique.InvalidError):
            pickle.dumps(self.store)
        error = pickle.loads(pickle.dumps(mistique.NotFoundError("what", "where", "remedy")))
        self.assertEqual((error.what, error.place, error.remedy), ("what", "where", "remedy"))

    def test_folders(self):
        with self.refused(mistique.MistiqueError):
            mistique.open("/proc/nothing/here")
        with self.refused(mistique.MistiqueError):
            mistique.open(__file__)
        with self.refused(mistique.InvalidError):
            mistique.open(self.folder + "/a\0b")

    def test_strides_that_lie(self):
        data = np.zeros(8, np.float32)
        capture = self.store.capture(None, "lies")
        c.call("capture_rows", capture._handle, c.pointer(np.array([1, 2])), 2)
        for shape, strides in (((2, 4), (16, 8)), ((2, 4), (-16, 4)), ((2, 2**40), (4, 0)), ((-1, 4), (16, 4)), ((2, 4), (2**62, 2**62))):
            array = c.Array(
                data=data.ctypes.data, data_bytes=32, type=c.FLOAT32, dimensions=2, shape=(ctypes.c_int64 * 2)(*shape),
                strides=(ctypes.c_int64 * 2)(*strides))
            with self.subTest((shape, strides)), self.refused(mistique.InvalidError):
                c.call("capture_append", capture._handle, b"x", ctypes.byref(array), None)
        capture.abandon()

    def test_many_threads_ask(self):
        values = np.random.default_rng(5).standard_normal((200, 50)).astype(np.float32)
        with self.store.capture(None, "shared") as capture, capture.rows(range(200)):
            capture.add("x", values)
        x, wrong = self.store["shared"]["x"], []

        def ask(seed):
            rng = np.random.default_rng(seed)
            for _ in range(50):
                ids = rng.permutation(200)[:7]
                if not np.array_equal(x.rows(ids).numpy(), values[ids]):
                    wrong.append(ids)

        threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_closing_while_others_work(self):
        capture = self.store.capture(None, "cut", memory=1 << 20)
        failures = []

        def fill():
            try:
                for row in range(100_000):
                    with capture.rows([row]):
                        capture.add("x", np.full((1, 20_000), row, np.float32))
            except mistique.MistiqueError as error:
                failures.append(error)

        thread = threading.Thread(target=fill)
        thread.start()
        time.sleep(0.3)
        self.store.close()
        thread.join()
        self.assertEqual(len(failures), 1)
        self.assertNotIn("cut", self.reopened())

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_forked_children_are_refused(self):
        context = multiprocessing.get_context("fork")
        answers = context.Queue()
        child = context.Process(target=in_child, args=(self.folder, answers))
        child.start()
        self.assertIn("spawn", answers.get(timeout=60))
        child.join(60)
        self.assertEqual(child.exitcode, 0)
        self.assertEqual(len(self.store), 0)

    def test_an_interruption_ends_a_capture(self):
        running = program(f"""
            import mistique, numpy as np
            store = mistique.open({self.folder!r} + "/interrupted")
            try:
                with store.capture(None, "x", memory=1 << 20) as capture:
                    print("begun", flush=True)
                    row = 0
                    while True:
                        with capture.rows([row]):
                            capture.add("x", np.full((1, 50_000), row, np.float32))
                        row += 1
            except KeyboardInterrupt:
                print("interrupted", len(store), bool(store.verify()), flush=True)
        """)
        self.addCleanup(running.kill)
        self.assertEqual(running.stdout.readline(), "begun\n")
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
        output, errors = running.communicate(timeout=120)
        self.assertEqual((output, running.returncode), ("interrupted 0 True\n", 0), errors)


if __name__ == "__main__":
    unittest.main()

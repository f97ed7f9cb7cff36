"""A Ctrl-C while the library works: what runs is stopped and waited for, wherever it comes."""

import contextlib
import ctypes
import signal
import sys
import threading
import time
import unittest
import unittest.mock

import numpy as np
from support import StoreCase

from mistique import _interruptible, _library
from mistique._interruptible import interruptible


class InterruptionTests(StoreCase):
    def setUp(self):
        super().setUp()
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)

    def test_the_call_is_stopped_and_waited_for(self):
        for times in (1, 3):
            with self.subTest(times):
                flag, said = ctypes.c_int32(0), []

                def work():
                    said.append("begun")
                    while not flag.value:
                        time.sleep(0.01)
                    time.sleep(0.3)
                    said.append("ended")
                    return 1

                def interrupt():
                    for _ in range(times):
                        time.sleep(0.1)
                        signal.raise_signal(signal.SIGINT)

                other = threading.Thread(target=interrupt)
                with self.assertRaises(KeyboardInterrupt):
                    other.start()
                    interruptible(flag, work)
                self.assertEqual(said, ["begun", "ended"])
                other.join()

    def test_an_interruption_at_every_line(self):
        file, reached = _interruptible.__file__, 0
        for line in range(200):
            flag, said, count = ctypes.c_int32(0), [], [0]

            def work(flag=flag, said=said):
                said.append("begun")
                for _ in range(20):
                    if flag.value:
                        break
                    time.sleep(0.001)
                said.append("ended")

            def trace(frame, event, _):
                if frame.f_code.co_filename != file:
                    return None
                if event == "line" and frame.f_code.co_name in ("wait", "_stop"):
                    count[0] += 1
                    if count[0] == line + 1:
                        raise KeyboardInterrupt
                return trace

            was = sys.gettrace()
            sys.settrace(trace)
            try:
                interruptible(flag, work)
                interrupted = False
            except KeyboardInterrupt:
                interrupted = True
            finally:
                sys.settrace(was)
            self.assertIn(said, ([], ["begun", "ended"]), line)
            if count[0] < line + 1:
                break
            reached += 1
            self.assertTrue(interrupted, line)
        self.assertGreater(reached, 3)

    def test_a_block_that_was_kept_as_it_was_interrupted(self):
        call = _library.call
        for resume in (False, True):
            interrupts = []

            def keeps(name, *arguments, interrupts=interrupts):
                call(name, *arguments)
                if name == "capture_keep" and not interrupts:
                    interrupts.append(name)
                    signal.raise_signal(signal.SIGINT)
                    time.sleep(0.2)

            name = f"net {resume}"
            with self.store.capture(None, name, resume=resume) as capture:
                for row in (0, 2, 4):
                    with unittest.mock.patch.object(_library, "call", keeps), contextlib.suppress(KeyboardInterrupt):
                        with capture.rows([row, row + 1], lengths=[1, 2]):
                            capture.add("tokens", np.full((2, 2, 3), row, np.float32))
                            capture.add("wide", np.array([row, row + 1]))
            self.assertEqual(interrupts, ["capture_keep"])
            model = self.store[name]
            self.assertEqual((model["wide"].type, model["wide"].numpy().tolist()), ("int64", list(range(6))))
            self.assertEqual([row[0, 0] for row in model["tokens"].ragged()], [0, 0, 2, 2, 4, 4])

    def test_the_function_of_a_re_run_is_stopped(self):
        with self.store.capture(None, "net", policy="none") as capture, capture.rows(range(4)):
            capture.add("a", np.ones((4, 2), np.float32))
        said = []

        def again(layers, ids):
            said.append("begun")
            signal.raise_signal(signal.SIGINT)
            said.append("ended")
            return {"a": np.ones((len(ids), 2), np.float32)}

        self.store.rerun("net", again, ids=range(4))
        with self.assertRaises(KeyboardInterrupt):
            self.store["net"]["a"].numpy()
        self.assertEqual(said, ["begun"])

    def test_what_it_gives(self):
        self.assertEqual(interruptible(ctypes.c_int32(), lambda: 3), 3)
        with self.assertRaises(ZeroDivisionError):
            interruptible(ctypes.c_int32(), lambda: 1 / 0)


if __name__ == "__main__":
    unittest.main()

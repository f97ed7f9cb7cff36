"""Captures that are killed, and go on."""

import textwrap
import unittest

import numpy as np
from support import StoreCase, program

import mistique


class KillTests(StoreCase):
    CAPTURE = """
        import mistique, numpy as np, sys
        store = mistique.open({folder!r})
        with store.capture(None, "long", resume={resume}, checkpoint=400_000) as capture:
            done = capture.has(range(1000))
            print("has", int(done.sum()), flush=True)
            for row in range(1000):
                if done[row]:
                    continue
                with capture.rows([row]):
                    capture.add("x", np.full((1, 1000), row, np.float32))
                if {slow}:
                    print("row", row, flush=True)
        print("finished", flush=True)
    """

    def run_until(self, word, **options):
        """Runs the capture and kills it once it prints `word`."""
        running = program(textwrap.dedent(self.CAPTURE).format(folder=self.folder, **options))
        for line in running.stdout:
            if line.startswith(word):
                break
        running.kill()
        running.communicate()

    def test_a_killed_capture_leaves_a_store_that_opens(self):
        self.store.close()
        self.run_until("row 500", resume=False, slow=True)
        self.reopened()
        self.assertEqual(list(self.store), [])
        self.assertTrue(self.store.verify())

    def test_a_killed_capture_goes_on_where_it_was(self):
        self.store.close()
        self.run_until("row 550", resume=True, slow=True)
        self.run_until("row 850", resume=True, slow=True)
        self.reopened()
        self.assertEqual(list(self.store), [])
        self.assertIn("not finished", repr(self.store))
        with self.refused(mistique.AlreadyLoggedError):
            self.store.capture(None, "long")
        self.store.close()
        running = program(textwrap.dedent(self.CAPTURE).format(folder=self.folder, resume=True, slow=False))
        output, errors = running.communicate(timeout=120)
        first, last = output.splitlines()
        self.assertEqual(last, "finished", errors)
        self.assertGreaterEqual(int(first.split()[1]), 700)
        self.reopened()
        np.testing.assert_array_equal(self.store["long"]["x"].numpy()[:, 0], np.arange(1000))
        self.assertTrue(self.store.verify())

    def test_what_is_left_of_a_capture_can_be_deleted(self):
        self.store.close()
        self.run_until("row 550", resume=True, slow=True)
        self.reopened()
        self.assertGreater(self.store.delete("long"), 0)
        self.assertNotIn("not finished", repr(self.store))

    def test_rows_of_before_are_passed_over_and_others_may_not_repeat(self):
        with self.assertRaises(ZeroDivisionError), self.store.capture(None, "again", resume=True, checkpoint=1) as capture:
            with capture.rows([1, 2]):
                capture.add("x", np.float32([[1], [2]]))
            1 / 0
        with self.store.capture(None, "again", resume=True) as capture:
            self.assertEqual(capture.has([1, 2, 3]).tolist(), [True, True, False])
            with capture.rows([1, 2]):
                capture.add("x", np.float32([[9], [9]]))
            with capture.rows([2, 3]):
                capture.add("x", np.float32([[9], [3]]))
            with self.refused(mistique.InvalidError), capture.rows([3]):
                pass
        np.testing.assert_array_equal(self.store["again"]["x"].numpy().ravel(), [1, 2, 3])

    def test_sequences_and_frames_are_resumed(self):
        def rows(capture, first):
            with capture.rows([first, first + 1], lengths=[2, 1]):
                capture.add("x", np.full((2, 2, 3), first, np.float32))
                capture.add_frame("table", {"n": np.array([first, first + 1])})

        with self.assertRaises(ZeroDivisionError), self.store.capture(None, "kinds", resume=True, checkpoint=1) as capture:
            rows(capture, 0)
            rows(capture, 10)
            1 / 0
        with self.store.capture(None, "kinds", resume=True) as capture:
            rows(capture, 20)
        model = self.store["kinds"]
        got = model["x"].ragged()
        self.assertEqual([(int(one), len(values), values[0, 0]) for one, values in zip(got.ids, got)],
                         [(0, 2, 0), (1, 1, 0), (10, 2, 10), (11, 1, 10), (20, 2, 20), (21, 1, 20)])
        self.assertEqual(model["table"].get().dict()["n"].tolist(), [0, 1, 10, 11, 20, 21])


if __name__ == "__main__":
    unittest.main()

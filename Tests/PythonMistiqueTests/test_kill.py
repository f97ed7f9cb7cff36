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

    def test_what_is_left_of_a_finished_capture_is_cleared_and_its_model_stays(self):
        import sqlite3

        with self.assertRaises(ZeroDivisionError), self.store.capture(None, "left", resume=True, checkpoint=1) as capture:
            with capture.rows([1]):
                capture.add("x", np.float32([1]))
            1 / 0
        with self.store.capture(None, "done") as capture, capture.rows([1]):
            capture.add("x", np.float32([7]))
        self.store.close()
        # As a kill between the commit of the model and the deletion of its segments leaves it.
        catalog = sqlite3.connect(f"{self.folder}/catalog.sqlite")
        catalog.execute("UPDATE model SET name = replace(name, 'python.left', 'python.done') WHERE project = '~capture'")
        catalog.commit()
        catalog.close()
        self.reopened()
        self.assertNotIn("not finished", repr(self.store))
        with self.refused(mistique.AlreadyLoggedError) as refused:
            self.store.capture(None, "done", resume=True)
        self.assertNotIn("delete", refused.error.remedy)
        np.testing.assert_array_equal(self.store["done"]["x"].numpy(), [7])
        self.assertGreater(self.store.delete("done"), 0)
        self.assertEqual(list(self.store), [])
        self.assertTrue(self.store.verify())

    def test_a_name_that_two_things_have_deletes_neither(self):
        with self.store.capture(None, "other.n") as capture, capture.rows([1]):
            capture.add("x", np.float32([1]))
        with self.assertRaises(ZeroDivisionError), self.store.capture(None, "n", resume=True, checkpoint=1) as capture:
            with capture.rows([1]):
                capture.add("x", np.float32([1]))
            1 / 0
        with self.refused(mistique.NotFoundError) as refused:
            self.store.delete("n")
        self.assertIn("python.n", refused.error.remedy)
        with self.store.capture(None, "third.n") as capture, capture.rows([1]):
            capture.add("x", np.float32([1]))
        with self.refused(mistique.NotFoundError):
            self.store.delete("n")
        self.assertGreater(self.store.delete("python.n"), 0)
        self.assertNotIn("not finished", repr(self.store))
        self.store.delete("third.n")
        self.store.delete("n")
        self.assertEqual(list(self.store), [])

    def test_frames_are_committed_in_pieces(self):
        def piece(first, **changed):
            columns = {"n": np.arange(first, first + 100), "t": np.array([f"row {row}" for row in range(first, first + 100)], object)}
            return {**columns, **changed}

        def segments():
            return [item["segments"] for item in self.store._catalogue()["unfinished"]]

        with self.assertRaises(ZeroDivisionError), self.store.capture(None, "frames", resume=True, checkpoint=4_000) as capture:
            for first in range(0, 1000, 100):
                with capture.rows(range(first, first + 100)):
                    capture.add_frame("table", piece(first))
            self.assertEqual(segments(), [3])  # each of 1,200 bytes and more, so that three or four make one
            # Other columns than those that were committed before.
            for wrong in (piece(1000, n=np.zeros(100)), {"n": np.arange(100)}, dict(reversed(piece(1000).items()))):
                with self.refused(mistique.InvalidError, "table"), capture.rows(range(1000, 1100)):
                    capture.add_frame("table", wrong)
            1 / 0
        with self.store.capture(None, "frames", resume=True) as capture:
            with self.refused(mistique.InvalidError, "table"), capture.rows(range(1000, 1100)):
                capture.add_frame("table", piece(1000, n=np.zeros(100)))
            for first in range(0, 1100, 100):
                if not capture.has([first])[0]:
                    with capture.rows(range(first, first + 100)):
                        capture.add_frame("table", piece(first))
        got = self.store["frames"]["table"].get().dict()
        np.testing.assert_array_equal(got["n"], np.arange(1100))
        self.assertEqual(got["t"].tolist(), [f"row {row}" for row in range(1100)])

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

"""What the tests of the Python package share. Run them with: python -m unittest discover -s Tests/PythonMistiqueTests"""

import contextlib
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest
import unittest.mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "Sources" / "PythonMistique"
sys.path.insert(0, str(PACKAGE))

import mistique  # noqa: E402


def has(module):
    """Whether a module can be imported."""
    return importlib.util.find_spec(module) is not None


def program(text):
    """Starts a program with the package on its path, which Ctrl-C ends: what a shell starts in the background ignores it, and so do its children."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    text = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n" + textwrap.dedent(text)
    return subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-c", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


class StoreCase(unittest.TestCase):
    """A test with an empty store."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="mistique 🧪 ")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.store = mistique.open(self.folder)
        self.addCleanup(lambda: self.store.close())

    def reopened(self):
        """The store as another handle sees it."""
        self.store.close()
        self.store = mistique.open(self.folder)
        return self.store

    def refused(self, kind, place=None):
        """A context in which `kind` is raised, with what, where and a remedy."""
        case = self

        class Refused:
            def __enter__(self):
                return self

            def __exit__(self, raised, error, _):
                case.assertIsNotNone(raised, f"{kind.__name__} was not raised")
                if not issubclass(raised, kind):
                    return False
                for text in (error.what, error.place, error.remedy):
                    case.assertTrue(text)
                case.assertIn(error.remedy, str(error))
                if place is not None:
                    case.assertIn(place, error.place)
                self.error = error
                return True

        return Refused()


@contextlib.contextmanager
def without_noting(*keys):
    """Captures of modules note nothing of these things, as older versions did."""
    from mistique._torch_noted import State

    now = State.now
    with unittest.mock.patch.object(State, "now", lambda *given: {key: value for key, value in now(*given).items() if key not in keys}):
        yield

"""The package as pip installs it from a checkout, without an index: built, installed into an environment of its own, and used there."""

import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

import numpy
from support import PACKAGE, has

from mistique import _find

#: Uses the installed package, and says where it and its library are.
PROGRAM = """
import sys
import numpy as np
import mistique
from mistique import _library

values = np.arange(24, dtype=np.float16).reshape(4, 6)
with mistique.open(sys.argv[1]) as store:
    with store.capture(None, "net") as capture, capture.rows([7, 5, 3, 1]):
        capture.add("layer", values)
    found = store["net"]["layer"].rows([3, 7]).numpy()
    assert found.dtype == np.float16 and (found == values[[2, 0]]).all(), found
    assert store.verify()
print(mistique.__file__)
print(_library.library()._name)
"""


def _obstacle():
    """Why nothing can be built here; None where it can."""
    for module in ("pip", "setuptools", "venv"):
        if not has(module):
            return f"{module} is not here, and without an index it cannot be had"
    if not has("wheel") and importlib.util.find_spec("setuptools.command.bdist_wheel") is None:
        return "neither wheel nor a setuptools that makes wheels by itself (70.1 or later) is here"
    return None


@unittest.skipIf(_obstacle() is not None, _obstacle() or "")
class InstallTests(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mistique install "))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def run_there(self, *arguments):
        """A program in a folder with nothing of the checkout, which no variable leads to it either."""
        left_out = ("MISTIQUE_LIBRARY", "PYTHONPATH", "PYTHONHOME")
        environment = {name: value for name, value in os.environ.items() if name not in left_out and not name.startswith("PIP_")}
        environment.update(PIP_CONFIG_FILE=os.devnull, PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_CACHE_DIR="1")
        return subprocess.run(
            [str(one) for one in arguments], cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)

    def checkout(self, name):
        """A checkout that has nothing but the package and what tells it from other folders."""
        root = self.folder / name
        leaves = shutil.ignore_patterns("build", "*.egg-info", "__pycache__", "libmistique.so")
        shutil.copytree(PACKAGE, root / "Sources" / "PythonMistique", ignore=leaves)
        return root

    def pip(self, *arguments):
        return self.run_there(sys.executable, "-m", "pip", *arguments)

    def wheel(self, root):
        return self.pip("wheel", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", self.folder / "wheels", root / "Sources" / "PythonMistique")

    def test_a_wheel_of_a_checkout_is_all_that_is_needed(self):
        root = self.checkout("checkout")
        (root / "Package.swift").touch()
        (root / "Sources" / "CMistique").mkdir()
        # As make library leaves it.
        built = root / ".build" / "release" / "libmistique.so"
        built.parent.mkdir(parents=True)
        built.symlink_to(pathlib.Path(_find.library()).resolve())
        made = self.wheel(root)
        self.assertEqual(made.returncode, 0, made.stdout)
        (wheel,) = (self.folder / "wheels").glob("mistique-*.whl")
        self.assertFalse(wheel.name.endswith("-none-any.whl"), "a wheel with a library is for one platform")
        modules = {f"mistique/{path.name}" for path in (PACKAGE / "mistique").glob("*.py")}
        with zipfile.ZipFile(wheel) as archive:
            self.assertLessEqual(modules | {"mistique/libmistique.so", "mistique/py.typed"}, set(archive.namelist()))
        # Nothing of the checkout is left that could be used instead.
        shutil.rmtree(root)
        environment = self.folder / "environment"
        made = self.run_there(sys.executable, "-m", "venv", "--without-pip", environment)
        self.assertEqual(made.returncode, 0, made.stdout)
        python = environment / "bin" / "python"
        site = pathlib.Path(self.run_there(python, "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip())
        made = self.pip("install", "--no-index", "--no-deps", "--target", site, wheel)
        self.assertEqual(made.returncode, 0, made.stdout)
        # What it depends on is where these tests have it, behind what was installed.
        (site / "dependencies.pth").write_text(f"{pathlib.Path(numpy.__file__).resolve().parents[1]}\n", encoding="utf-8")
        done = self.run_there(python, "-I", "-c", PROGRAM, self.folder / "Store")
        self.assertEqual(done.returncode, 0, done.stdout)
        places = [pathlib.Path(line).resolve().parent for line in done.stdout.splitlines()[-2:]]
        self.assertEqual(places, [(site / "mistique").resolve()] * 2)

    def test_without_a_library_and_a_checkout_it_says_what_to_do(self):
        made = self.wheel(self.checkout("alone"))
        self.assertNotEqual(made.returncode, 0)
        for text in ("libmistique.so is not here", "MISTIQUE_LIBRARY"):
            self.assertIn(text, made.stdout)


if __name__ == "__main__":
    unittest.main()

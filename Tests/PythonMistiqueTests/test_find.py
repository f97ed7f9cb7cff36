"""Which library is loaded."""

import importlib.util
import os
import pathlib
import shutil
import tempfile
import unittest
import unittest.mock
import warnings

from support import PACKAGE

NAMES = ("libmistique.so", "libMistiqueC.so")


class FindTests(unittest.TestCase):
    """In a checkout that has nothing but names."""

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root, True)
        for folder in ("Sources/CMistique", "Sources/MistiqueABI", "Sources/PythonMistique/mistique", ".build/release"):
            (self.root / folder).mkdir(parents=True)
        (self.root / "Package.swift").touch()
        self.file("Sources/MistiqueABI/Captures.swift", 1_000)
        path = self.root / "Sources/PythonMistique/mistique/_find.py"
        shutil.copy(PACKAGE / "mistique" / "_find.py", path)
        spec = importlib.util.spec_from_file_location("_find_of_test", path)
        self.find = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.find)
        patched = unittest.mock.patch.dict(os.environ)
        patched.start()
        self.addCleanup(patched.stop)
        os.environ.pop("MISTIQUE_LIBRARY", None)

    def file(self, path, written):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (written, written))
        return path.resolve()

    def test_the_newest_is_taken(self):
        self.assertIsNone(self.find.existing())
        places = [f".build/release/{name}" for name in NAMES] + ["Sources/PythonMistique/mistique/libmistique.so"]
        for newest in places:
            with self.subTest(newest), warnings.catch_warnings():
                warnings.simplefilter("error")
                for place in places:
                    self.file(place, 2_000)
                expected = self.file(newest, 3_000)
                self.assertEqual(self.find.existing().resolve(), expected)

    def test_a_stale_one_is_warned_of(self):
        self.file(".build/release/libmistique.so", 2_000)
        self.file("Sources/MistiqueABI/Captures.swift", 3_000)
        with self.assertWarnsRegex(RuntimeWarning, "Captures.swift.*make library"):
            self.find.existing()

    def test_one_that_is_named_is_taken_as_it_is(self):
        named = self.file("elsewhere/libmistique.so", 1)
        self.file(".build/release/libmistique.so", 2_000)
        os.environ["MISTIQUE_LIBRARY"] = str(named)
        self.assertEqual(self.find.existing(), named)
        os.environ["MISTIQUE_LIBRARY"] = "/not/here.so"
        with self.assertRaises(FileNotFoundError):
            self.find.existing()

    def test_one_of_another_kind_is_refused(self):
        import mistique._library as library

        with unittest.mock.patch.object(library._find, "library", lambda: "libc.so.6"), self.assertRaisesRegex(ImportError, "MISTIQUE_LIBRARY"):
            library._load()


if __name__ == "__main__":
    unittest.main()

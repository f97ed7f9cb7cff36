"""Builds libmistique.so from the checkout that this folder is in, and puts it into the package."""

import importlib.util
import pathlib
import shutil

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.dist import Distribution

FOLDER = pathlib.Path(__file__).resolve().parent


def finder():
    """The module that finds and builds the library; by its file, since the package itself needs the library and NumPy."""
    spec = importlib.util.spec_from_file_location("_find", FOLDER / "mistique" / "_find.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class BuildWithLibrary(build_py):
    """Copies the library beside the package's modules."""

    def run(self):
        super().run()
        # An editable install finds the library in the checkout.
        if getattr(self, "editable_mode", False):
            return
        find = finder()
        library = find.existing() or find.build(find.checkout())
        target = pathlib.Path(self.build_lib) / "mistique" / "libmistique.so"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(library, target)


class PlatformDistribution(Distribution):
    """A wheel with a library is for one platform."""

    def has_ext_modules(self):
        return True


setup(cmdclass={"build_py": BuildWithLibrary}, distclass=PlatformDistribution)

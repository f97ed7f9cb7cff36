"""Finds libmistique.so, or builds it from the checkout that the package is in.

Imports nothing of the package, since building it needs this file before there is a library.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import warnings
from typing import List, Optional

#: Names of the library: as it is installed, and as Swift's package manager calls it.
NAMES = ("libmistique.so", "libMistiqueC.so")


def checkout() -> Optional[pathlib.Path]:
    """The checkout of Mistique that this file is in, if it is in one."""
    for folder in pathlib.Path(__file__).resolve().parents:
        if (folder / "Package.swift").is_file() and (folder / "Sources" / "CMistique").is_dir():
            return folder
    return None


#: The targets that are in the library.
TARGETS = ("MistiqueABI", "Mistique", "MistiqueStorage", "Diagnosis", "Groundwork", "CMistique", "CStorageKernels")


def existing() -> Optional[pathlib.Path]:
    """The library: named by ``MISTIQUE_LIBRARY``, or the newest of those beside this file and built in the checkout.

    Warns of one that is older than the sources of the checkout.

    Raises
    ------
    FileNotFoundError
        When ``MISTIQUE_LIBRARY`` names a file that is not there.
    """
    if named := os.environ.get("MISTIQUE_LIBRARY"):
        path = pathlib.Path(named)
        if not path.is_file():
            raise FileNotFoundError(f"MISTIQUE_LIBRARY is {named}, which is not there. Set it to libmistique.so, or unset it.")
        return path
    root = checkout()
    places = [pathlib.Path(__file__).resolve().parent / NAMES[0]]
    if root is not None:
        places += [root / ".build" / "release" / name for name in NAMES]
    # An old copy may lie beside a new build, under either name.
    found = max((path for path in places if path.is_file()), key=_written, default=None)
    if found is not None and root is not None:
        newer = max(_sources(root), key=_written, default=found)
        if _written(newer) > _written(found):
            warnings.warn(
                f"{found} is older than {newer.relative_to(root)}, which it is built from. Build it anew: make library", RuntimeWarning, stacklevel=2)
    return found


def _written(path: pathlib.Path) -> float:
    return path.stat().st_mtime


def _sources(root: pathlib.Path) -> List[pathlib.Path]:
    files = (file for target in TARGETS for file in (root / "Sources" / target).rglob("*"))
    return [file for file in files if file.suffix in (".swift", ".c", ".cpp", ".h")]


def build(root: Optional[pathlib.Path]) -> pathlib.Path:
    """Builds the library in the checkout `root`.

    Raises
    ------
    RuntimeError
        Without a checkout or without Swift, and when the build fails.
    """
    if root is None:
        raise RuntimeError(
            "libmistique.so is not here, and neither is the checkout that it is built from. Install from a checkout "
            "(pip install Sources/PythonMistique), or set MISTIQUE_LIBRARY to the library."
        )
    if shutil.which("swift") is None:
        raise RuntimeError("swift is not on the PATH. Install the Swift 6.3 toolchain (https://www.swift.org/install/linux/).")
    command = ["swift", "build", "-c", "release", "--product", "MistiqueC"]
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed in {root}; `make setup` installs what it needs:\n{done.stdout[-4000:]}")
    return root / ".build" / "release" / NAMES[1]


def library() -> pathlib.Path:
    """The library that is there.

    Raises
    ------
    ImportError
        When there is none.
    """
    path = existing()
    if path is None:
        raise ImportError(
            "libmistique.so was not found. Build it (make library in the checkout), install the package from the checkout "
            "(pip install Sources/PythonMistique), or set MISTIQUE_LIBRARY to it."
        )
    return path

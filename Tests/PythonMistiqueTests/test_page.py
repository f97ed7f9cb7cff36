"""The page about the package: its blocks of code run, one after the other."""

import contextlib
import io
import re
import unittest

from support import PACKAGE, StoreCase, has


@unittest.skipUnless(has("torch"), "PyTorch is not here")
class PageTests(StoreCase):
    def test_the_page(self):
        page = (PACKAGE / "Python.md").read_text(encoding="utf-8")
        blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
        self.assertGreaterEqual(len(blocks), 5)
        names = {"folder": self.folder + "/page"}
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            for block in blocks:
                exec(compile(block, "Python.md", "exec"), names)
        self.assertIn("python.net", printed.getvalue())
        names["store"].close()


if __name__ == "__main__":
    unittest.main()

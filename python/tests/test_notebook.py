"""Runs the cells of examples/fig1.ipynb one behind the other, in the quick form."""

import importlib.util
import json
import os
import sys
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python" / "src"))


@unittest.skipUnless(importlib.util.find_spec("matplotlib"), "no matplotlib here")
class Notebook(unittest.TestCase):
    def test_ten_cells_draw_alignment_against_width(self):
        cells = json.loads((ROOT / "examples" / "fig1.ipynb").read_text(encoding="utf-8"))["cells"]
        self.assertEqual(len(cells), 10)
        names = {}
        with mock.patch.dict(os.environ, {"WIDTHBENCH_QUICK": "1", "MPLBACKEND": "Agg"}):
            for cell in cells:
                if cell["cell_type"] == "code":
                    exec(compile("".join(cell["source"]), "fig1.ipynb", "exec"), names)
        # 1 - A = c/N: ten times the width is ten times nearer, within the scatter of single networks.
        for kernel in ("Phi", "G"):
            narrow, wide = (1 - names["alignment"](kernel, 1, width).mean() for width in (40, 400))
            self.assertGreater(narrow / wide, 3)
            self.assertLess(narrow / wide, 40)


if __name__ == "__main__":
    unittest.main()

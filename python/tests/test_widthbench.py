"""Tests of the package, which drive the launcher of this checkout. Run: python3 -m unittest discover -s python/tests"""

import contextlib
import gc
import importlib.util
import io
import json
import os
import re
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
import widthbench as wb

CONFIG = {"network": {"depth": 1}, "training": {"steps": 6, "eta": 0.2}, "theory": {"samples": 512}}


def installed(module):
    return importlib.util.find_spec(module) is not None


class DrivesTheLauncher(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        random = numpy.random.default_rng(0)
        cls.X, cls.y = random.standard_normal((5, 4)), numpy.array([1.0, -2.0, 1.0])
        cls.theory = wb.solve(CONFIG, X=cls.X, y=cls.y)
        cls.network = wb.train(CONFIG, width=400, seed=3, X=cls.X, y=cls.y)

    def test_results_are_of_the_data_that_were_given(self):
        for result in (self.theory, self.network):
            numpy.testing.assert_array_equal(result["X"], self.X)
            numpy.testing.assert_array_equal(result["y"], self.y)
            self.assertEqual(result["Phi_1"].shape, (6, 4, 6, 4))
            self.assertEqual(result.depth, 1)
            # Centred predictions start at 0: the loss is the mean square of the labels.
            self.assertAlmostEqual(result["loss"][0], numpy.mean(self.y**2), places=12)
            self.assertEqual(result.summary["finalLoss"], result["loss"][-1])

    def test_comparison_is_that_of_the_arrays(self):
        comparison = wb.compare(self.theory, self.network)
        a, b = self.theory["Phi_1"], self.network["Phi_1"]
        norms = [numpy.linalg.norm(kernel) for kernel in (a, b)]
        self.assertAlmostEqual(comparison.alignment["Phi"][0], (a * b).sum() / (norms[0] * norms[1]), places=12)
        self.assertAlmostEqual(comparison.norm_ratio["Phi"][0], norms[1] / norms[0], places=12)
        self.assertAlmostEqual(comparison.relative_distance["Phi"][0], numpy.linalg.norm(a - b) / norms[0], places=12)
        self.assertAlmostEqual(
            comparison.loss_distance, abs(self.theory["loss"] - self.network["loss"]).max(), places=12
        )
        # 1 - A = c/N with c of order 1 to 10.
        self.assertGreater(comparison.worst, 0.95)
        self.assertTrue(comparison.data_compared)
        self.assertEqual(comparison.not_compared, [])

    def test_the_program_of_the_page_runs(self):
        page = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "use-from-python.md"
        program = re.search(r"(?ms)^```python\n(.*?)^```", page.read_text(encoding="utf-8"))
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(program.group(1), str(page), "exec"), {})
        self.assertIn("(20, 4, 20, 4)", printed.getvalue())
        self.assertIn("'Phi': [0.9", printed.getvalue())

    def test_other_problems_are_named_and_compared_by_force_alone(self):
        other = wb.train(CONFIG, width=8, X=self.X, y=self.y, settings={"training.gamma0": numpy.float64(2)})
        with self.assertRaisesRegex(wb.DifferentProblems, "training.gamma0 1.0, there 2.0"):
            wb.compare(self.theory, other)
        self.assertIn("training.gamma0", wb.compare(self.theory, other, force=True).different_problems[0])

    def test_refusals_are_raised_with_the_programs_own_line(self):
        with self.assertRaisesRegex(wb.WidthbenchError, "training.eta: -1") as raised:
            wb.solve({"training": {"eta": -1}})
        self.assertEqual(raised.exception.code, 2)
        with self.assertRaises(ValueError):
            wb.solve(CONFIG, X=self.X)

    def test_a_folder_keeps_the_result_and_load_reads_it_back(self):
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder, "c.json.yaml")
            config.write_text(json.dumps({**CONFIG, "data": {"dimension": 3, "points": 2}}), encoding="utf-8")
            solved = wb.solve(config, folder=Path(folder, "theory"))
            loaded = wb.load(Path(folder, "theory"))
            self.assertEqual(loaded.summary, solved.summary)
            for name in solved:
                numpy.testing.assert_array_equal(loaded[name], solved[name])
            with self.assertRaisesRegex(FileNotFoundError, "neither theory.npz nor network.npz"):
                wb.load(folder)

    def test_a_result_without_a_folder_takes_its_files_along(self):
        result = wb.train(CONFIG, width=4, X=self.X, y=self.y)
        folder = result.file.parent
        self.assertTrue(folder.exists())
        del result
        gc.collect()
        self.assertFalse(folder.exists())

    @unittest.skipUnless(installed("xarray"), "no xarray here")
    def test_data_sets_have_named_axes(self):
        data = self.theory.dataset()
        self.assertEqual(data["Phi_1"].dims, ("time", "point", "time_2", "point_2"))
        last = data["Phi_1"].sel(time=5, time_2=0).values
        numpy.testing.assert_array_equal(last, self.theory["Phi_1"][5, :, 0, :])
        self.assertEqual(data.sizes["training_point"], 3)


class FindsTheLauncher(unittest.TestCase):
    def test_a_variable_that_names_no_program_is_refused(self):
        with mock.patch.dict(os.environ, {"WIDTHBENCH": os.devnull}):
            with self.assertRaisesRegex(wb.WidthbenchError, "WIDTHBENCH is /dev/null, which is no program") as raised:
                wb.solve()
            self.assertEqual(raised.exception.code, 3)


@unittest.skipUnless(installed("torch"), "no torch here")
class RecordsPyTorch(unittest.TestCase):
    """One hidden layer of tanh: features, gradients and the tangent kernel are written out from the weights."""

    def test_recorded_kernels_are_those_of_the_weights(self):
        import torch

        n, gamma0 = 7, 0.5
        model = torch.nn.Sequential(torch.nn.Linear(3, n), torch.nn.Tanh(), torch.nn.Linear(n, 1)).double()
        X = torch.randn(3, 4, dtype=torch.float64)
        y = torch.tensor([1.0, -1.0], dtype=torch.float64)
        recorder = wb.record(model, gamma0=gamma0)
        before = {name: value.clone() for name, value in model.state_dict().items()}
        self.assertAlmostEqual(recorder(0, X.T, y), 1.0)
        with torch.no_grad():
            model[0].weight += 0.1
        recorder(1, X.T, y)
        with torch.no_grad():
            model[0].weight.copy_(before["0.weight"])
            phi, v = torch.tanh(model[0](X.T)).numpy(), model[2].weight.numpy()
        self.assertTrue(all(parameter.grad is None for parameter in model.parameters()))
        g = gamma0 * n * v * (1 - phi**2)
        with tempfile.TemporaryDirectory() as folder:
            saved = recorder.save(Path(folder, "own.npz"), X=X, y=y)
        numpy.testing.assert_allclose(saved["Phi_1"][0, :, 0, :], phi @ phi.T / n, atol=1e-12)
        numpy.testing.assert_allclose(saved["G_1"][0, :, 0, :], g @ g.T / n, atol=1e-12)
        inputs = X.numpy().T @ X.numpy() / 3
        numpy.testing.assert_allclose(saved["ntk"][0], phi @ phi.T / n + g @ g.T / n * inputs, atol=1e-12)
        self.assertEqual(saved["h_1"].shape, (2, 4, n))
        numpy.testing.assert_array_equal(saved["times"], [0, 1])
        with self.assertRaisesRegex(ValueError, "times go up"):
            recorder(1, X.T, y)


if __name__ == "__main__":
    unittest.main()

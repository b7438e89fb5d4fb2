"""Error of the causal solver against its settings: the tables of docs/concepts/causal-solver.md.

python3 examples/causal_error.py samples|tolerance      (NumPy; minutes)
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent


def solve(config, *settings):
    """Theory of a configuration as arrays, and the seconds that the solver took."""
    with tempfile.TemporaryDirectory() as folder:
        options = [word for setting in settings for word in ("--set", setting)]
        command = [str(ROOT / "widthbench"), "solve", str(ROOT / "examples" / config), "--out", folder, "--quiet", *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = json.loads(pathlib.Path(folder, "summary.json").read_text())["solveSeconds"]
        with numpy.load(pathlib.Path(folder, "theory.npz")) as theory:
            return {name: theory[name] for name in theory.files}, seconds


def distance(one, other):
    """1 - alignment of two kernels."""
    return 1 - (one * other).sum() / numpy.sqrt((one * one).sum() * (other * other).sum())


def samples(seeds=6, reference_samples=16384):
    """Spread over noise seeds and distance from a large solve, against S."""
    base = ["training.steps=50", "training.eta=0.2"]
    reference, _ = solve("tanh.yaml", *base, f"theory.samples={reference_samples}", "theory.seed=100")
    print("| S | spread of the final loss | largest spread of the loss | 1 - A of Phi, worst layer | 1 - A of G, worst layer |")
    print("| --- | --- | --- | --- | --- |")
    for size in (256, 512, 1024, 2048, 4096):
        runs = [solve("tanh.yaml", *base, f"theory.samples={size}", f"theory.seed={seed}")[0] for seed in range(seeds)]
        loss = numpy.array([run["loss"] for run in runs])
        worst = {
            kernel: max(
                numpy.mean([distance(run[f"{kernel}_{layer}"], reference[f"{kernel}_{layer}"]) for run in runs])
                for layer in (1, 2, 3)
            )
            for kernel in ("Phi", "G")
        }
        spread = loss.std(axis=0, ddof=1)
        print(f"| {size} | {spread[-1]:.1e} | {spread.max():.1e} | {worst['Phi']:.1e} | {worst['G']:.1e} |", flush=True)


def tolerance():
    """Distance of a linear network's loss from the closed equations, against the pivot tolerance."""
    exact, _ = solve("deep-linear.yaml")
    print("| tolerance | largest error of the loss, without residual noise | with it |")
    print("| --- | --- | --- |")
    for exponent in (2, 4, 6, 8, 10):
        errors = []
        for noise in ("false", "true"):
            settings = ["theory.solver=causal", f"theory.toleranceU=1e-{exponent}", f"theory.toleranceR=1e-{exponent}"]
            run, _ = solve("deep-linear.yaml", *settings, "theory.samples=1024", f"theory.residualNoise={noise}")
            errors.append(numpy.abs(run["loss"] - exact["loss"]).max())
        print(f"| 1e-{exponent} | {errors[0]:.1e} | {errors[1]:.1e} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("samples", "tolerance"):
        sys.exit(__doc__)
    globals()[sys.argv[1]]()

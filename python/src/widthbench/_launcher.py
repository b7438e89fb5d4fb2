"""Finds and runs the launcher."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Sequence

#: Names the launcher where the package does not lie in a checkout.
VARIABLE = "WIDTHBENCH"


class WidthbenchError(RuntimeError):
    """The program refused or failed; the message is its own line.

    ``code`` is its exit code: 2 for bad input or a run that cannot go on, 3 for the machine or the installation.
    """

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class DifferentProblems(WidthbenchError):
    """Two results of other data, networks or training were to be compared."""


def launcher() -> str:
    """The program: what ``WIDTHBENCH`` names, else that of the checkout around this file, else ``widthbench`` on the path."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        if not os.access(named, os.X_OK) or os.path.isdir(named):
            raise WidthbenchError(f"{VARIABLE} is {named}, which is no program; name the launcher of a checkout", 3)
        return named
    for folder in Path(__file__).resolve().parents:
        if (folder / "widthbench").is_file() and (folder / "dmft-core").is_dir():
            return str(folder / "widthbench")
    found = shutil.which("widthbench")
    if found is None:
        raise WidthbenchError(f"no launcher: set {VARIABLE} to the file widthbench of a checkout, or put it on PATH", 3)
    return found


def run(arguments: Sequence[str], allowed: Sequence[int] = (0,)) -> subprocess.CompletedProcess[str]:
    """Runs a command; codes that are not allowed raise the line that the program ended with."""
    done = subprocess.run([launcher(), *arguments], capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode not in allowed:
        lines = [line for line in done.stderr.splitlines() if line.startswith("widthbench: ")]
        reason = lines[-1][len("widthbench: ") :] if lines else done.stderr.strip() or f"exit code {done.returncode}"
        raise WidthbenchError(reason, done.returncode)
    return done

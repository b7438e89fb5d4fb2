"""Networks of width N beside their infinite-width theory, driven from Python.

A result is a dictionary of NumPy arrays with the names and shapes of ``docs/reference/files.md``: ``times (R)``, ``loss (T)``,
``f (T,Q)``, ``Phi_1.. (R,Q,R,Q)``, ``G_1..``, ``ntk (R,Q,Q)``.
"""

from ._commands import Comparison, compare, solve, train
from ._launcher import DifferentProblems, WidthbenchError
from ._record import Recorder, record
from ._results import Result, load, load_dataset

__all__ = [
    "Comparison",
    "DifferentProblems",
    "Recorder",
    "Result",
    "WidthbenchError",
    "compare",
    "load",
    "load_dataset",
    "record",
    "solve",
    "train",
]

"""The commands solve, train and compare as functions."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

import numpy
from numpy.typing import ArrayLike

from ._launcher import DifferentProblems, run
from ._results import PathLike, Result, result_file

#: A configuration: a file, or its sections as a dictionary; None for the defaults.
Config = Union[None, PathLike, Mapping[str, Any]]


@dataclass(frozen=True)
class Comparison:
    """What ``widthbench compare`` says of two results.

    ``alignment``, ``norm_ratio`` and ``relative_distance`` hold a list over layers for ``Phi`` and for ``G``; None stands for what
    could not be compared, which ``not_compared`` names.
    """

    alignment: Dict[str, List[Optional[float]]]
    norm_ratio: Dict[str, List[Optional[float]]]
    relative_distance: Dict[str, List[Optional[float]]]
    ntk: Optional[Dict[str, Optional[float]]]
    density_distance: Dict[str, List[float]]
    loss_distance: Optional[float]
    prediction_distance: Optional[float]
    times: List[int]
    not_compared: List[str]
    data_compared: bool
    different_problems: List[str]

    @property
    def worst(self) -> float:
        """The smallest alignment of any layer and kernel that was compared."""
        return min(value for layers in self.alignment.values() for value in layers if value is not None)


def solve(
    config: Config = None,
    X: Optional[ArrayLike] = None,
    y: Optional[ArrayLike] = None,
    *,
    settings: Optional[Mapping[str, Any]] = None,
    folder: Optional[PathLike] = None,
    options: Sequence[str] = (),
) -> Result:
    """Solves the infinite-width theory.

    :param config: configuration as a dictionary of its sections or as a file
    :param X: inputs ``(D,Q)``, or images ``(Q,height,width,channels)``, in place of the configuration's data
    :param y: labels ``(P)`` or ``(P,C)`` of the first P points; the others are test points
    :param settings: single values that replace those of the configuration, such as ``{"training.gamma0": 2.0}``
    :param folder: where the result is kept; without it, for as long as the object that is returned lives
    :param options: further words of the command line
    :raises WidthbenchError: with the program's message, if the configuration is wrong or the solver cannot go on
    """
    return _compute("solve", "theory.npz", config, X, y, settings, folder, options)


def train(
    config: Config = None,
    width: int = 1000,
    seed: int = 0,
    X: Optional[ArrayLike] = None,
    y: Optional[ArrayLike] = None,
    *,
    settings: Optional[Mapping[str, Any]] = None,
    folder: Optional[PathLike] = None,
    options: Sequence[str] = (),
) -> Result:
    """Trains one network of width N; parameters as those of :func:`solve`."""
    words = ["--width", str(width), "--seed", str(seed), *options]
    return _compute("train", "network.npz", config, X, y, settings, folder, words)


def compare(a: Union[Result, PathLike], b: Union[Result, PathLike], *, force: bool = False) -> Comparison:
    """Compares two results as far as both have the arrays.

    :param force: compare results of different problems too
    :raises DifferentProblems: naming what differs: data, network or training
    """
    files = [str(one.file if isinstance(one, Result) else result_file(one)) for one in (a, b)]
    done = run(["compare", *files, "--json"], allowed=(0, 1))
    tree = json.loads(done.stdout)
    if tree["differentProblems"] and not force:
        raise DifferentProblems("; ".join(tree["differentProblems"]), 1)
    return Comparison(
        alignment=tree["alignment"],
        norm_ratio=tree["normRatio"],
        relative_distance=tree["relativeDistance"],
        ntk=tree["ntk"],
        density_distance=tree["densityDistance"],
        loss_distance=tree["lossDistance"],
        prediction_distance=tree["predictionDistance"],
        times=tree["times"],
        not_compared=tree["notCompared"],
        data_compared=tree["dataCompared"],
        different_problems=tree["differentProblems"],
    )


def _compute(
    command: str,
    archive: str,
    config: Config,
    X: Optional[ArrayLike],
    y: Optional[ArrayLike],
    settings: Optional[Mapping[str, Any]],
    folder: Optional[PathLike],
    options: Sequence[str],
) -> Result:
    if (X is None) != (y is None):
        raise ValueError("X and y belong together: give both or neither")
    temporary = None if folder is not None else Path(tempfile.mkdtemp(prefix="widthbench-"))
    out = Path(folder or temporary or "").absolute()
    with tempfile.TemporaryDirectory(prefix="widthbench-") as inputs:
        if config is None or isinstance(config, Mapping):
            file = Path(inputs, "config.yaml")
            # YAML reads JSON; relative paths in a dictionary start at the current folder, as those of the caller's do.
            file.write_text(json.dumps(_absolute(config or {}), default=_plain), encoding="utf-8")
        else:
            file = Path(config)
        words = [command, str(file), "--out", str(out), "--quiet"]
        if X is not None and y is not None:
            data = Path(inputs, "data.npz")
            numpy.savez(data, X=numpy.asarray(X), y=numpy.asarray(y))
            words += ["--set", "data=" + json.dumps({"source": "npz", "path": str(data)})]
        for path, value in (settings or {}).items():
            words += ["--set", f"{path}={json.dumps(value, default=_plain)}"]
        try:
            run([*words, *options])
        except BaseException:
            if temporary is not None:
                shutil.rmtree(temporary, ignore_errors=True)
            raise
    return Result(out / archive, temporary)


def _absolute(config: Mapping[str, Any]) -> Dict[str, Any]:
    sections = dict(config)
    data = sections.get("data")
    if isinstance(data, Mapping):
        sections["data"] = {
            key: str(Path(value).absolute()) if key in ("path", "dir") else value for key, value in data.items()
        }
    return sections


def _plain(value: Any) -> Any:
    """NumPy's numbers and arrays, and paths, as JSON."""
    if isinstance(value, (numpy.generic, numpy.ndarray)):
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(f"{value!r} is nothing that a configuration can hold")

"""Result archives as dictionaries of arrays, or as xarray data sets."""

from __future__ import annotations

import json
import os
import re
import shutil
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Optional, Union

import numpy
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xarray

Array = NDArray[Any]
PathLike = Union[str, "os.PathLike[str]"]

#: Axes of the arrays; a number behind the name is the layer.
_AXES = {
    "times": ("time",),
    "loss": ("step",),
    "delta": ("step", "training_point"),
    "f": ("step", "point"),
    "Phi": ("time", "point", "time_2", "point_2"),
    "G": ("time", "point", "time_2", "point_2"),
    "ntk": ("time", "point", "point_2"),
    "h": ("end", "point", "sample_h"),
    "z": ("end", "point", "sample_z"),
    "X": ("dimension", "point"),
    "y": ("training_point",),
}


class Result(Dict[str, Array]):
    """Arrays by name, with the file that they came from and the ``summary.json`` beside it (empty if there is none).

    A result that was computed into no folder of its own has one for as long as the object lives.
    """

    def __init__(self, file: Path, temporary: Optional[Path] = None) -> None:
        with numpy.load(file) as archive:
            super().__init__((name, archive[name]) for name in archive.files if name != "identity")
        summary = file.with_name("summary.json")
        self.file = file
        self.summary: Dict[str, Any] = json.loads(summary.read_text(encoding="utf-8")) if summary.is_file() else {}
        if temporary is not None:
            weakref.finalize(self, shutil.rmtree, temporary, ignore_errors=True)

    @property
    def depth(self) -> int:
        """Number L of layers of which there are feature kernels."""
        return sum(re.fullmatch(r"Phi_[0-9]+", name) is not None for name in self)

    def dataset(self) -> "xarray.Dataset":
        """The arrays as an :class:`xarray.Dataset` with named axes and the recorded times as coordinates."""
        import xarray

        arrays: Dict[str, Any] = {}
        for name, array in self.items():
            axes = _AXES.get(name.split("_")[0], ())
            if name == "X" and array.ndim == 4:
                axes = ("point", "height", "width", "channel")
            if len(axes) == array.ndim and name != "times":
                # Fields have samples of their own number in every layer.
                layer = name.partition("_")[2]
                arrays[name] = (tuple(axis + layer if axis.startswith("sample") else axis for axis in axes), array)
        times = self["times"].astype(int)
        coordinates = {"time": times, "time_2": times} if any("time_2" in axes for axes, _ in arrays.values()) else {}
        attributes = {"finalLoss": self.summary["finalLoss"]} if "finalLoss" in self.summary else {}
        return xarray.Dataset(arrays, coords=coordinates, attrs=attributes)


def result_file(path: PathLike) -> Path:
    """The archive that a path names: itself, or ``theory.npz`` or ``network.npz`` in a folder."""
    given = Path(path)
    if not given.is_dir():
        return given
    found = [given / name for name in ("theory.npz", "network.npz") if (given / name).exists()]
    if len(found) != 1:
        raise FileNotFoundError(
            f"{given}: holds {'neither theory.npz nor network.npz' if not found else 'both archives; name one'}"
        )
    return found[0]


def load(path: PathLike) -> Result:
    """A result of ``solve`` or ``train``, or any archive with the same arrays.

    :param path: the archive, or the folder of one
    """
    return Result(result_file(path))


def load_dataset(path: PathLike) -> "xarray.Dataset":
    """The same as an :class:`xarray.Dataset`; needs xarray. Arrays of several outputs, whose axes have no name, are left out."""
    return load(path).dataset()

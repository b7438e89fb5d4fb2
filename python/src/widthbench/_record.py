"""Records the kernels of a PyTorch network while it trains."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence

import numpy
from numpy.typing import ArrayLike

from ._results import Array, PathLike, Result

if TYPE_CHECKING:
    import torch


class Recorder:
    """Takes the fields of every layer at the times that it is called, and writes what ``compare`` reads; see :func:`record`."""

    def __init__(self, model: "torch.nn.Module", layers: Sequence["torch.nn.Module"], gamma0: float) -> None:
        if len(layers) < 2:
            raise ValueError(f"{len(layers)} layers; a network to record has a hidden layer and a read-out at least")
        self._model = model
        self._layers = list(layers)
        self._gamma0 = gamma0
        self._times: List[int] = []
        self._rows: List[Dict[str, Array]] = []
        self._start: Optional[Array] = None

    def __call__(self, t: int, inputs: "torch.Tensor", targets: "torch.Tensor") -> float:
        """Records the state after ``t`` update steps, which leaves weights and their gradients as they are.

        :param inputs: all points, one a row, those of training first
        :param targets: labels of the first P points
        :return: the loss ``(1/P) sum of (y - f)^2``, f centred
        """
        import torch

        if self._times and t <= self._times[-1]:
            raise ValueError(f"time {t} after time {self._times[-1]}; times go up")
        fields: List[torch.Tensor] = []
        features: List[torch.Tensor] = []
        handles = [
            layer.register_forward_hook(lambda module, arguments, output: fields.append(output))
            for layer in self._layers[:-1]
        ]
        handles += [
            layer.register_forward_pre_hook(lambda module, arguments: features.append(arguments[0]))
            for layer in self._layers[1:]
        ]
        try:
            with torch.enable_grad():
                output = self._model(inputs).reshape(len(inputs), -1)
        finally:
            for handle in handles:
                handle.remove()
        if output.shape[1] != 1:
            raise ValueError(f"{output.shape[1]} outputs; networks of one output are recorded")
        if len(fields) != len(self._layers) - 1:
            raise ValueError("a layer was used twice or not at all; name the layers that features pass in turn")
        # No point's output depends on another point: the gradient of the sum holds every point's own.
        gradients = torch.autograd.grad(output.sum(), fields)
        out = _array(output)[:, 0]
        if self._start is None:
            self._start = out
        row = {"f": out - self._start}
        residual = _array(targets).reshape(-1) - row["f"][: len(targets)]
        row["loss"] = numpy.mean(residual**2)
        for layer, (field, feature, gradient) in enumerate(zip(fields, features, gradients), start=1):
            row[f"h_{layer}"] = _array(field)
            row[f"phi_{layer}"] = _array(feature)
            row[f"g_{layer}"] = self._gamma0 * field.shape[1] * _array(gradient)
        self._times.append(t)
        self._rows.append(row)
        return float(row["loss"])

    def arrays(self) -> Dict[str, Array]:
        """``times (R)``, ``f (R,Q)``, ``loss (R)``, ``Phi_l`` and ``G_l`` ``(R,Q,R,Q)``, ``h_l (2,Q,N)``.

        Loss and predictions are left out unless every step from 0 on was recorded: they have an entry for each.
        """
        if not self._rows:
            raise ValueError("nothing was recorded yet")
        stacked = {name: numpy.stack([row[name] for row in self._rows]) for name in self._rows[0]}
        arrays: Dict[str, Array] = {"times": numpy.array(self._times, dtype=float)}
        if self._times == list(range(len(self._times))):
            arrays.update(loss=stacked["loss"], f=stacked["f"])
        for layer in range(1, len(self._layers)):
            for kernel, samples in ((f"Phi_{layer}", f"phi_{layer}"), (f"G_{layer}", f"g_{layer}")):
                flat = stacked[samples].reshape(-1, stacked[samples].shape[-1])
                shape = stacked[samples].shape[:2]
                arrays[kernel] = (flat @ flat.T / flat.shape[1]).reshape(shape + shape)
            arrays[f"h_{layer}"] = stacked[f"h_{layer}"][[0, -1]]
        return arrays

    def _tangent_kernel(self, arrays: Mapping[str, Array]) -> Array:
        """``(R,Q,Q)``: ``Phi_L + sum over l of G_l Phi_{l-1}`` at equal times, ``Phi_0 = X^T X / D``."""
        X = arrays["X"]
        slots = range(len(self._times))
        below = numpy.broadcast_to(X.T @ X / len(X), (len(slots), X.shape[1], X.shape[1]))
        kernel = numpy.zeros_like(below)
        for layer in range(1, len(self._layers)):
            kernel = kernel + below * numpy.stack([arrays[f"G_{layer}"][t, :, t, :] for t in slots])
            below = numpy.stack([arrays[f"Phi_{layer}"][t, :, t, :] for t in slots])
        return kernel + below

    def save(self, file: PathLike, X: Optional[ArrayLike] = None, y: Optional[ArrayLike] = None) -> Result:
        """Writes the archive that ``compare`` reads.

        :param X: inputs ``(D,Q)`` as the theory has them, for ``compare`` to verify, and for the tangent kernel
        :param y: labels ``(P)``
        """
        arrays = self.arrays()
        if X is not None:
            arrays["X"] = numpy.asarray(X, dtype=float)
            arrays["ntk"] = self._tangent_kernel(arrays)
        if y is not None:
            arrays["y"] = numpy.asarray(y, dtype=float)
        target = Path(file)
        with open(target, "wb") as stream:
            numpy.savez(stream, **arrays)
        return Result(target)


def record(
    model: "torch.nn.Module", *, gamma0: float = 1.0, layers: Optional[Sequence["torch.nn.Module"]] = None
) -> Recorder:
    """A recorder of a dense network.

    The features of layer l are what its next layer gets, so a model whose scalings stand in its weights or behind its layers
    is recorded as it is.

    :param model: maps inputs, one a row, to one output each
    :param gamma0: of the parameterization ``f = w . phi / (gamma0 N)``
    :param layers: the L + 1 modules that hold weights, in the order in which features pass them; without them every
        ``torch.nn.Linear`` of the model in the order of its definition
    """
    import torch

    found = list(layers) if layers is not None else [m for m in model.modules() if isinstance(m, torch.nn.Linear)]
    return Recorder(model, found, gamma0)


def _array(tensor: Any) -> Array:
    array: Array = numpy.asarray(tensor.detach().cpu().double().numpy())
    return array

"""Read shipped weights back into checkpoints from which training goes on.

    .venv/bin/python -m scripts.pocket.reopen build/pocket/depth.pt build/pocket/completer.pt

The count of steps begins anew, and with it the learning rate's course. The opposite of `export`.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from scripts.pocket.export import WEIGHTS
from scripts.pocket.networks import Completer, DepthNet
from scripts.pocket.training import save

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class UnknownGraphError(ValueError):
    """A weight of the network is not in the graph."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the graph has no weight for {name}")


def weights_of(net: DepthNet | Completer, graph: Path) -> dict[str, Tensor]:
    """The state of `net` as its graph has it. Raises UnknownGraphError.

    The exporter keeps the names of weights, but for those of group norms: these become constants `val_N` of shape
    channels x 1 x 1, scale and then shift, numbered as they are used.
    """
    tensors = {
        tensor.name.removeprefix(f"{graph.stem}."): numpy_helper.to_array(tensor)
        for tensor in onnx.load(graph).graph.initializer
    }
    nameless = sorted(
        (name for name, value in tensors.items() if name.startswith("val_") and value.shape[1:] == (1, 1)),
        key=lambda name: int(name.removeprefix("val_")),
    )
    norms = [f"{norm}.{part}" for norm in _norms_as_used(net) for part in ("weight", "bias")]
    if len(norms) != len(nameless):
        raise UnknownGraphError(norms[-1])
    named = dict(zip(norms, nameless, strict=True))
    return {name: _as_tensor(tensors, named.get(name, name), like) for name, like in net.state_dict().items()}


def _norms_as_used(net: DepthNet | Completer) -> list[str]:
    names: dict[nn.Module, str] = {
        module: name for name, module in net.named_modules() if isinstance(module, nn.GroupNorm)
    }
    used: list[str] = []

    def note(module: nn.Module, *_: object) -> None:
        used.append(names[module])

    hooks = [norm.register_forward_hook(note) for norm in names]
    with torch.no_grad():
        net(**net.example_inputs())
    for hook in hooks:
        hook.remove()
    return used


def _as_tensor(tensors: "dict[str, NDArray[np.floating]]", name: str, like: Tensor) -> Tensor:
    if name not in tensors or tensors[name].size != like.numel():
        raise UnknownGraphError(name)
    return torch.from_numpy(tensors[name].copy()).to(like.dtype).reshape(like.shape)


def main() -> None:
    """Write both checkpoints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("depth", type=Path)
    parser.add_argument("completer", type=Path)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    for name, net in (("depth", DepthNet()), ("completer", Completer())):
        net.load_state_dict(weights_of(net, arguments.weights / f"{name}.onnx"))
        net.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        optimiser = torch.optim.AdamW(net.parameters())
        save(getattr(arguments, name), net, net, optimiser, 0, 0.0)


if __name__ == "__main__":
    main()

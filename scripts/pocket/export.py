"""Write the trained networks as the package ships them: graphs as ONNX, all weights in one safetensors file.

    .venv/bin/python -m scripts.pocket.export build/pocket/depth.pt build/pocket/completer.pt

An ONNX tensor may lie outside its graph, at an offset in some file; a safetensors file is such a file. So the weights
are there once, in the format that every tool reads, and the runtime maps them from it. Weights are kept in 16 bits and
widened by the graph when it is loaded.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

import argparse
import json
import struct
import sys
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file
from torch import Tensor, nn

from scripts.pocket.networks import Completer, DepthNet

WEIGHTS: Final = Path("deployments/world_model/engines/pocket/weights")
SMALLEST: Final = 64
"""Tensors of fewer numbers stay in their graph."""
OPSET: Final = 18


def averaged(net: nn.Module, checkpoint: Path) -> tuple[nn.Module, int]:
    """The network with a checkpoint's averaged weights, and after how many steps."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net.load_state_dict(saved["average"])
    return net.eval(), int(saved["step"])


def graph_of(net: nn.Module, given: dict[str, Tensor], results: list[str]) -> onnx.ModelProto:
    """The network as an ONNX graph, weights inside."""
    program = torch.onnx.export(
        net, tuple(given.values()), input_names=list(given), output_names=results, opset_version=OPSET, dynamo=True
    )
    if program is None:
        sys.exit("torch exported nothing")
    return program.model_proto


def take_weights(graph: onnx.ModelProto, prefix: str) -> dict[str, np.ndarray]:
    """Take the large tensors out of the graph as 16-bit ones; where they stood they are widened from inputs to come."""
    taken: dict[str, np.ndarray] = {}
    casts: list[onnx.NodeProto] = []
    for tensor in list(graph.graph.initializer):
        if tensor.data_type != TensorProto.FLOAT or int(np.prod(tensor.dims)) < SMALLEST:
            continue
        name = f"{prefix}.{tensor.name}"
        taken[name] = numpy_helper.to_array(tensor).astype(np.float16)
        casts.append(helper.make_node("Cast", [name], [tensor.name], to=TensorProto.FLOAT))
        graph.graph.initializer.remove(tensor)
    nodes = [*casts, *graph.graph.node]
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)
    return taken


def point_at(graph: onnx.ModelProto, weights: Path, names: list[str]) -> None:
    """Have the graph read these tensors from where they lie in the safetensors file."""
    content = weights.read_bytes()
    (header_bytes,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + header_bytes])
    for name in names:
        start, end = header[name]["data_offsets"]
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT16, dims=header[name]["shape"])
        tensor.data_location = TensorProto.EXTERNAL
        place = {"location": weights.name, "offset": 8 + header_bytes + start, "length": end - start}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=str(value))
        graph.graph.initializer.append(tensor)


def main() -> None:
    """Write both graphs and the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("depth", type=Path)
    parser.add_argument("completer", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    depth, depth_steps = averaged(DepthNet(), arguments.depth)
    completer, completer_steps = averaged(Completer(), arguments.completer)
    graphs = {
        "depth": graph_of(depth, DepthNet.example_inputs(), ["root", "pitch"]),
        "completer": graph_of(completer, Completer.example_inputs(), ["panorama"]),
    }
    taken = {name: take_weights(graph, name) for name, graph in graphs.items()}
    weights = arguments.out / "pocket.safetensors"
    steps = {"depth_steps": str(depth_steps), "completer_steps": str(completer_steps)}
    save_file({key: value for part in taken.values() for key, value in part.items()}, weights, metadata=steps)
    for name, graph in graphs.items():
        point_at(graph, weights, list(taken[name]))
        (arguments.out / f"{name}.onnx").write_bytes(graph.SerializeToString())
        print(
            f"{name}: {sum(value.size for value in taken[name].values()) / 1e6:.2f} M weights, "
            f"{steps[name + '_steps']} steps"
        )
    print(f"{weights}: {weights.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()

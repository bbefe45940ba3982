"""Shipped weights, read back: the network computes what its graph computes."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from scripts.pocket.export import WEIGHTS
from scripts.pocket.networks import Completer, DepthNet
from scripts.pocket.reopen import UnknownGraphError, inputs_of, weights_of


@pytest.mark.parametrize("net", [DepthNet(), Completer()], ids=["depth", "completer"])
def test_a_reopened_network_computes_what_its_graph_does(net: DepthNet | Completer) -> None:
    graph = WEIGHTS / ("depth.onnx" if isinstance(net, DepthNet) else "completer.onnx")
    inputs = inputs_of(net)
    net.load_state_dict(weights_of(net, graph, inputs))
    with torch.no_grad():
        computed = net.eval()(*inputs)
    session = onnxruntime.InferenceSession(graph)
    given = {spec.name: value.numpy() for spec, value in zip(session.get_inputs(), inputs, strict=True)}
    expected = np.asarray(session.run(None, given)[0])
    first = computed[0] if isinstance(computed, tuple) else computed
    np.testing.assert_allclose(first.numpy(), expected, atol=2e-3)


def test_the_graph_of_another_network_is_refused() -> None:
    net = DepthNet()
    with pytest.raises(UnknownGraphError):
        weights_of(net, Path(WEIGHTS / "completer.onnx"), inputs_of(net))

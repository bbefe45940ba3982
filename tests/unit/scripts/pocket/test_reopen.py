"""Shipped weights, read back: the network computes what its graph computes."""

import numpy as np
import onnxruntime
import pytest
import torch

from scripts.pocket.export import WEIGHTS
from scripts.pocket.networks import Completer, DepthNet
from scripts.pocket.reopen import UnknownGraphError, weights_of


@pytest.mark.parametrize("net", [DepthNet(), Completer()], ids=["depth", "completer"])
def test_a_reopened_network_computes_what_its_graph_does(net: DepthNet | Completer) -> None:
    graph = WEIGHTS / ("depth.onnx" if isinstance(net, DepthNet) else "completer.onnx")
    net.load_state_dict(weights_of(net, graph))
    given = net.example_inputs()
    session = onnxruntime.InferenceSession(graph)
    expected, *_ = session.run(None, {name: value.numpy() for name, value in given.items()})
    with torch.no_grad():
        computed = net.eval()(**given)
    first = computed[0] if isinstance(net, DepthNet) else computed
    np.testing.assert_allclose(first.numpy(), expected, atol=2e-3)


def test_the_graph_of_another_network_is_refused() -> None:
    with pytest.raises(UnknownGraphError):
        weights_of(DepthNet(), WEIGHTS / "completer.onnx")

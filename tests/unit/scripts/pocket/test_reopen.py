"""Shipped weights, read back: the network computes what its graph computes."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from scripts.pocket.export import WEIGHTS
from scripts.pocket.networks import Completer, DepthNet
from scripts.pocket.reopen import UnknownGraphError, inputs_of, weights_of


@pytest.mark.parametrize(
    ("net", "inputs"),
    [(DepthNet(), ("picture",)), (Completer(), ("state", "known", "sureness", "time"))],
    ids=["depth", "completer"],
)
def test_a_reopened_network_computes_what_its_graph_does(net: DepthNet | Completer, inputs: tuple[str, ...]) -> None:
    graph = WEIGHTS / ("depth.onnx" if isinstance(net, DepthNet) else "completer.onnx")
    given = dict(zip(inputs, inputs_of(net), strict=True))
    net.load_state_dict(weights_of(net, graph, tuple(given.values())))
    session = onnxruntime.InferenceSession(graph)
    expected, *_ = session.run(None, {name: value.numpy() for name, value in given.items()})
    with torch.no_grad():
        if isinstance(net, DepthNet):
            computed, _ = net.eval()(*given.values())
        else:
            computed = net.eval()(*given.values())
    np.testing.assert_allclose(computed.numpy(), expected, atol=2e-3)


def test_the_graph_of_another_network_is_refused() -> None:
    net = DepthNet()
    with pytest.raises(UnknownGraphError):
        weights_of(net, Path(WEIGHTS / "completer.onnx"), inputs_of(net))

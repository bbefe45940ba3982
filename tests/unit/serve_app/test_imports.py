"""What the light processes must not load. A fresh interpreter each, since this one has loaded everything."""

import subprocess
import sys

import pytest

HEAVY = ("torch", "av", "transformers", "diffusers", "onnxruntime")


@pytest.mark.parametrize("module", ["serve_app.app", "serve_app.ingress"])
def test_launcher_and_ingress_load_no_model_library(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"


def test_the_routes_run_without_ray() -> None:
    code = "import sys, serve_app.routes; print('ray' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "False\n"

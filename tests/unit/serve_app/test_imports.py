"""What the light processes must not load. A fresh interpreter each, since this one has loaded everything."""

import subprocess
import sys

HEAVY = ("torch", "av", "transformers", "diffusers", "onnxruntime")
LIGHT = ("serve_app.ingress", "deployments.recorder.library")
DEPLOYMENTS = ("world_model", "safety_checker", "recorder")


def test_launcher_ingress_and_the_deployments_until_they_run_load_no_model_library() -> None:
    """The launcher builds the application, which imports all of them."""
    modules = (*LIGHT, *(f"deployments.{name}.deployment" for name in DEPLOYMENTS))
    code = f"import sys, serve_app.app; print(*(name for name in {modules + HEAVY!r} if name in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert tuple(loaded.stdout.split()) == modules


def test_the_routes_run_without_ray() -> None:
    code = "import sys, serve_app.routes; print('ray' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "False\n"

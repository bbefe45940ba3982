"""What an operator sees of an author or an editor: how many requests ended how, how long they took, what is loaded."""

import contextlib
import time
from collections.abc import Generator
from typing import Final

from ray.util.metrics import Counter, Gauge, Histogram

_LATENCY_BOUNDARIES_MS: Final = [10.0, 50.0, 100.0, 250.0, 500.0, 1e3, 2e3, 4e3, 8e3, 15e3, 30e3, 60e3, 120e3, 600e3]


class AuthoringMetrics:
    """`biome_authoring_requests_total`, `biome_authoring_ms` and `biome_authoring_loaded`, by part."""

    def __init__(self, part: str) -> None:
        tags = {"part": part}
        self._requests = Counter(
            "biome_authoring_requests_total",
            "Scene authoring requests by part, kind and result.",
            tag_keys=("part", "kind", "result"),
        )
        self._latency_ms = Histogram(
            "biome_authoring_ms",
            "Time from request to result, waiting and loading included.",
            boundaries=_LATENCY_BOUNDARIES_MS,
            tag_keys=("part", "kind"),
        )
        self._loaded = Gauge("biome_authoring_loaded", "Whether the models are in memory: 0 or 1.", tag_keys=("part",))
        for metric in (self._requests, self._latency_ms, self._loaded):
            metric.set_default_tags(tags)

    @contextlib.contextmanager
    def request(self, kind: str) -> Generator[None]:
        """Count the block as one request: `done`, or the name of what it raised."""
        started_s = time.perf_counter()
        result = "done"
        try:
            yield
        except BaseException as error:
            result = type(error).__name__
            raise
        finally:
            self._requests.inc(1, {"kind": kind, "result": result})
            self._latency_ms.observe((time.perf_counter() - started_s) * 1e3, {"kind": kind})

    def loaded(self, *, is_loaded: bool) -> None:
        """The models came or went."""
        self._loaded.set(1 if is_loaded else 0)

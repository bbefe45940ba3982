"""What an operator sees of the safety checker: how many checks ended how, and how long they took."""

from typing import Final

from ray.util.metrics import Counter, Histogram

from deployments.safety_checker.contract import Verdict

_LATENCY_BOUNDARIES_MS: Final = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 5000.0, 20000.0]


class CheckMetrics:
    """`biome_safety_checks_total` by result and source, `biome_safety_check_ms` by source."""

    def __init__(self) -> None:
        self._checks = Counter(
            "biome_safety_checks_total", "Safety checks by result and source.", tag_keys=("result", "source")
        )
        self._latency_ms = Histogram(
            "biome_safety_check_ms",
            "Time from request to verdict, waiting for a batch included.",
            boundaries=_LATENCY_BOUNDARIES_MS,
            tag_keys=("source",),
        )

    def observe(self, verdict: Verdict, elapsed_ms: float) -> None:
        """Count one verdict."""
        source = verdict.source.value
        self._checks.inc(1, {"result": "safe" if verdict.is_safe else "unsafe", "source": source})
        self._latency_ms.observe(elapsed_ms, {"source": source})

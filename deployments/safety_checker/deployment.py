"""The safety checker as a Serve deployment: batches requests, hands them to the worker's thread, counts the answers.

`build_app` makes a deployment of the class. The logic is in `checker`, the thread in `worker`.
"""

import time
from pathlib import Path

from ray import serve

from configs.safety import SafetyConfig
from deployments.logs import configure_logs
from deployments.safety_checker.backends.loading import load_backend
from deployments.safety_checker.cache import VerdictCache
from deployments.safety_checker.checker import Checker
from deployments.safety_checker.contract import Verdict
from deployments.safety_checker.metrics import CheckMetrics
from deployments.safety_checker.worker import CheckWorker
from deployments.startup_failure import startup_failure
from protocol.errors import StartupError


class SafetyChecker:
    """Judges pictures. Loading begins in the constructor; the replica counts as started when it has ended well."""

    def __init__(self, config: SafetyConfig, data_dir: Path) -> None:
        configure_logs("safety_checker")
        self._worker = CheckWorker(lambda: build_checker(config, data_dir), timeout_s=config.check_timeout_s)
        self._metrics = CheckMetrics()
        # Made here, not by decorating a method: the sizes come from the configuration.
        self._batched = serve.batch(max_batch_size=config.batch_size, batch_wait_timeout_s=config.batch_wait_ms / 1000)(
            self._check_batch
        )

    async def check(self, image: bytes) -> Verdict:
        """The verdict on an image file as it came from outside. Fails closed; `Verdict.fault` says whose fault."""
        started_s = time.perf_counter()
        verdict = await self._batched(image)
        self._metrics.observe(verdict, (time.perf_counter() - started_s) * 1000)
        return verdict

    async def ready(self) -> bool:
        """Whether the classifier is loaded."""
        return self._worker.is_loaded

    async def check_health(self) -> None:
        """Called by Serve. Raises if the classifier could not be loaded or hangs; waits while it loads."""
        try:
            await self._worker.check_health()
        except StartupError as error:
            raise startup_failure(error) from None

    async def _check_batch(self, images: list[bytes]) -> list[Verdict]:
        return await self._worker.check(images)


def build_checker(config: SafetyConfig, data_dir: Path) -> Checker:
    """Load what the configuration names; to be called on the thread that will use it. Raises `StartupError`."""
    backend = load_backend(config)
    path = config.cache_file(data_dir)
    cache = path and VerdictCache(path, classifier=backend.fingerprint, limit_entries=config.cache_limit_entries)
    return Checker(backend, cache, threshold=config.threshold, limit_pixels=config.limit_pixels)

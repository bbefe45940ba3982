"""The engine that a replica holds, from one session to the next.

Owns which model is loaded and whether it is warm. Every call of the engine goes through here, onto the device thread,
and with the time that it may take: one that never returns would swallow session after session.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, ParamSpec, TypeAlias, TypeVar

import structlog

from deployments.world_model.engine import (
    DeviceError,
    Engine,
    EngineInput,
    EngineRequest,
    Frame,
    Generated,
    ReportStage,
)
from protocol.errors import BiomeError, DeviceLostError, ModelUnavailableError, SeedLoadError
from protocol.stages import Stage

if TYPE_CHECKING:
    from deployments.world_model.device_thread import DeviceThread
    from protocol.link import WorldSpec

RECOVERIES_LIMIT: Final = 3
"""So many recoveries without a pass in between, and the device counts as lost."""

P = ParamSpec("P")
T = TypeVar("T")

LoadEngine: TypeAlias = Callable[[EngineRequest, ReportStage], Engine]

GeneratePass: TypeAlias = Callable[[EngineInput], Generated]
"""One pass, on the device thread. Raises DeviceError."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CallLimits:
    """How long a call of an engine may run. Past it the device counts as lost."""

    pass_s: float
    """One pass, or starting from a picture, of an engine that is warm."""
    warm_up_s: float
    """Whatever compiles or frees: warming up, recovering and the pass after it, closing."""
    load_s: float
    """Loading, which may download the model and tells nobody how far it has come."""


def _report_nothing(_stage: Stage) -> None:
    """Who recovers, or goes back to the seed, is told when that is over."""


class EngineHolder:
    """One engine at a time, on one device thread.

    What was begun is finished, whoever leaves meanwhile: a load outlives the session that asked for it, and the next
    session waits for it. Of every method that waits for the device: raises DeviceLostError when that hangs.
    """

    def __init__(self, device: "DeviceThread", load: LoadEngine, limits: CallLimits) -> None:
        self._device = device
        self._load = load
        self._limits = limits
        self._engine: Engine | None = None
        self._request: EngineRequest | None = None
        self._change: asyncio.Task[None] | None = None
        """The load that is going on, or the latest one."""
        self._recoveries = 0
        self._is_warm = False
        self._is_lost = False

    @property
    def spec(self) -> "WorldSpec | None":
        """What is loaded."""
        return None if self._engine is None else self._engine.spec

    @property
    def is_lost(self) -> bool:
        """Whether the device failed for good: only a new process can help."""
        return self._is_lost

    def holds(self, request: EngineRequest) -> bool:
        """Whether exactly this is loaded."""
        return self._engine is not None and self._request == request

    def spec_held(self) -> "WorldSpec":
        """The spec of the loaded model. Raises NothingHeldError."""
        return self._held().spec

    def uses_host_cores(self) -> bool:
        """Whether the loaded model is computed on the host's cores. Raises NothingHeldError."""
        return self._held().uses_host_cores

    async def hold(self, request: EngineRequest, report: ReportStage) -> bool:
        """Load what is asked for, unless it is held already. Returns whether it was loaded now.

        The old model is freed first: two do not fit. Raises ModelUnavailableError or QuantUnsupportedError;
        nothing is held then.
        """
        if self._change is not None:
            await asyncio.wait({self._change})
        if self.holds(request):
            return False
        self._change = asyncio.get_running_loop().create_task(self._replace(request, report))
        await asyncio.shield(self._change)
        return True

    async def seed(self, frame: Frame, report: ReportStage) -> None:
        """Start the world from `frame`; a cold engine is warmed up first. Raises SeedLoadError, DeviceLostError."""
        try:
            await self._run(self._seed_on_device, self._held(), frame, report)
        except DeviceError as error:
            await self.recover(frame, error)
        except (RuntimeError, ValueError) as error:
            raise SeedLoadError(str(error)) from error

    async def reseed(self, frame: Frame) -> None:
        """Start again from `frame`. Raises DeviceLostError when the device does not take it even after recovery."""
        engine = self._held()
        try:
            await self._run(self._restart_on_device, engine, frame)
        except DeviceError as error:
            await self.recover(frame, error)

    async def play(self, burst: Callable[[GeneratePass], None]) -> None:
        """Run `burst` on the device thread, where it makes as many passes as it likes. Raises DeviceError."""
        await self._run(burst, partial(self._pass_on_device, self._held()))

    async def recover(self, frame: Frame, cause: DeviceError) -> None:
        """Bring the device back after `cause` and start again from `frame`. Raises DeviceLostError."""
        engine = self._held()
        self._recoveries += 1
        log.warning("recovering from a device error", error=str(cause), recoveries=self._recoveries)
        if self._recoveries > RECOVERIES_LIMIT:
            self._is_lost = True
            raise DeviceLostError(str(cause)) from cause
        try:
            await self._run(self._recover_on_device, engine)
            await self._run(self._restart_on_device, engine, frame)
        except (RuntimeError, ValueError, DeviceError) as error:
            self._is_lost = True
            raise DeviceLostError(str(error)) from error

    async def _replace(self, request: EngineRequest, report: ReportStage) -> None:
        old, self._engine, self._request = self._engine, None, None
        try:
            if old is not None:
                await self._run(self._close_on_device, old)
            engine = await self._run(self._load_on_device, request, report)
        except (OSError, RuntimeError, ValueError, ImportError, DeviceError) as error:
            raise ModelUnavailableError(str(error)) from error
        self._engine, self._request = engine, request
        self._is_warm = False
        self._recoveries = 0
        log.info("model loaded", model=engine.spec.model, requested=request.model)

    async def _run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await self._device.run(function, *args, **kwargs)
        except DeviceLostError as error:
            self._is_lost = True
            log.warning("device given up", error=error.message)
            raise

    # --- on the device thread

    def _load_on_device(self, request: EngineRequest, report: ReportStage) -> Engine:
        with self._device.limit("loading the model", self._limits.load_s):
            return self._load(request, report)

    def _close_on_device(self, engine: Engine) -> None:
        with self._device.limit("freeing the model", self._limits.warm_up_s):
            engine.close()

    def _recover_on_device(self, engine: Engine) -> None:
        with self._device.limit("recovering", self._limits.warm_up_s):
            engine.recover()

    def _seed_on_device(self, engine: Engine, frame: Frame, report: ReportStage) -> None:
        if not self._is_warm:
            with self._device.limit("warming up", self._limits.warm_up_s):
                engine.warm_up(frame, report)
            self._is_warm = True
        self._restart_on_device(engine, frame, report)

    def _restart_on_device(self, engine: Engine, frame: Frame, report: ReportStage = _report_nothing) -> None:
        with self._device.limit("starting from a picture", self._pass_limit_s):
            report(Stage.INIT_RESET)
            engine.reset()
            report(Stage.INIT_SEED)
            engine.append_frame(frame)

    def _pass_on_device(self, engine: Engine, controls: EngineInput) -> Generated:
        with self._device.limit("a pass", self._pass_limit_s):
            generated = engine.generate(controls)
        self._recoveries = 0
        return generated

    @property
    def _pass_limit_s(self) -> float:
        """A recovery dropped what was compiled, and a restart or pass behind it compiles again."""
        return self._limits.warm_up_s if self._recoveries else self._limits.pass_s

    def _held(self) -> Engine:
        if self._engine is None:
            raise NothingHeldError
        return self._engine


class NothingHeldError(BiomeError):
    """A command that needs a model came before one was loaded."""

    def __init__(self) -> None:
        super().__init__("no model is loaded")

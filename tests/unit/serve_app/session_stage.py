"""A session with everything around it, of which only Ray and the sockets to the outside are not real."""

import asyncio
import base64
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from configs.ingress import IngressConfig, LimitsConfig, TimingConfig
from protocol.link import SessionId
from protocol.server import Snapshot
from protocol.version import Feature
from serve_app.metrics import IngressMetrics
from serve_app.scenes import Scenes
from serve_app.seeds import SeedGate
from serve_app.session import Session
from serve_app.session_parts import SessionParts
from serve_app.standing import Standing
from serve_app.startup import Part, Startup
from tests.fakes.clients import FakePlayer, Heard
from tests.fakes.hosts import FakeRecorder, FakeSafety, FakeWorldHost
from tests.fakes.links import PATIENCE_S
from tests.fakes.pictures import encoded, plain
from tests.fakes.studio import FakeStudio
from tests.fakes.worlds import replica

GREY = encoded(plain("rgb(128, 128, 128)", 16, 8))
BLACK = encoded(plain("black", 16, 8))
INGRESS_SNAPSHOT = Snapshot(process_rss_bytes=4321)
LIMITS = LimitsConfig(queued_messages=64, invalid_messages=3, prompt_chars=20)
UP = {"WorldModel": Part.UP, "SafetyChecker": Part.UP, "Recorder": Part.UP}


@dataclass(frozen=True, slots=True)
class Stage:
    """One player and what is behind the curtain."""

    player: FakePlayer
    session: Session
    running: "asyncio.Task[None]"
    host: FakeWorldHost
    recorder: FakeRecorder
    safety: FakeSafety
    studio: FakeStudio
    standing: Standing

    async def start(self, *, video: bool = False, actions: bool = False, scenes: bool = False) -> list[Heard]:
        """Play until the first `init` is answered; returns all that was heard until then."""
        self.player.say(init("first", video_recording=video, action_logging=actions, scene_authoring=scenes))
        return await self.player.hear_until("response", req_id="first")

    async def end(self) -> None:
        """Wait until the session is over by itself."""
        async with asyncio.timeout(PATIENCE_S):
            await self.running


def init(req_id: str, *, seed: bytes | None = GREY, model: str = "m", **config: bool) -> dict[str, Any]:
    """An `init` as the desktop client sends it, with changes to its `config`."""
    whole = {
        "scene_authoring": False,
        "action_logging": False,
        "video_recording": False,
        "video_output_dir": None,
        "cap_inference_fps": False,
    }
    message: dict[str, Any] = {"type": "init", "req_id": req_id, "model": model, "config": whole | config}
    return message if seed is None else message | {"seed_image_data": base64.b64encode(seed).decode()}


def control(*buttons: str, ts: float = 5.0) -> dict[str, Any]:
    """One control."""
    return {"type": "control", "buttons": list(buttons), "mouse_dx": 1.0, "ts": ts}


@asynccontextmanager
async def stage(
    *,
    timing: TimingConfig | None = None,
    limits: LimitsConfig = LIMITS,
    parts: dict[str, Part] | None = None,
    features: frozenset[Feature] = frozenset(),
    server_log: Path | None = None,
) -> AsyncGenerator[Stage]:
    """A session that has begun. The player leaves when the block ends, if it has not yet."""

    async def read_parts() -> dict[str, Part]:
        return UP if parts is None else parts

    async with replica() as made:
        host, recorder, safety, player = FakeWorldHost(made), FakeRecorder(), FakeSafety(), FakePlayer()
        studio, gate = FakeStudio(), SeedGate(safety.ask, limit_bytes=100_000, limit_s=PATIENCE_S)
        startup, standing = Startup(read_parts), Standing(has_preload=False)
        watching = asyncio.create_task(startup.run())
        session_parts = SessionParts(
            open_world=host.open_world,
            open_recorder=recorder.open_recorder,
            gate=gate,
            scenes=Scenes(studio, gate, limit_chars=limits.prompt_chars),
            startup=startup,
            standing=standing,
            metrics=IngressMetrics(),
            config=IngressConfig(timing=timing or TimingConfig(), limits=limits),
            server_log=server_log,
            snapshot=lambda: INGRESS_SNAPSHOT,
        )
        session = Session(session_parts, player.socket, SessionId("s1"), features)
        running = asyncio.create_task(session.run())
        on_stage = Stage(player, session, running, host, recorder, safety, studio, standing)
        try:
            yield on_stage
        finally:
            host.may_lease.set()
            safety.may_answer.set()
            player.leave()
            await on_stage.end()
            watching.cancel()
        assert host.leases == 0

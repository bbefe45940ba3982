"""The Ingress deployment: what one front door knows and does.

Owns the parts that sessions share in this process. The paths that lead here are in `routes`, who may come in is
decided in `security`, a session's life is in `session`.
"""

import asyncio
import secrets
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog
from ray import serve

from deployments.logs import configure_logs, log_file, tap
from deployments.system_info import read_capabilities, read_system_info, take_snapshot
from protocol.errors import ProtocolVersionError
from protocol.http import HealthResponse, SafetyHealth
from protocol.link import RECORDER_COMMANDS, RECORDER_FACTS, WORLD_COMMANDS, WORLD_FACTS, SessionId
from protocol.version import PROTOCOL_VERSION, parse_features, speaks_our_version
from serve_app import transport
from serve_app.admission import hosted, observed
from serve_app.answers import push_of
from serve_app.calls import RAY_FAILURES, first_line
from serve_app.client_socket import ClientGoneError, ClientSocket
from serve_app.metrics import IngressMetrics
from serve_app.scenes import Scenes
from serve_app.seeds import SeedGate, ask_checker, check_limit_s
from serve_app.session import Session
from serve_app.session_parts import SessionParts
from serve_app.standing import Standing
from serve_app.startup import Part, Startup
from serve_app.studio import ServeStudio

if TYPE_CHECKING:
    from ray.serve.handle import DeploymentHandle
    from ray.serve.schema import DeploymentStatusOverview
    from starlette.websockets import WebSocket

    from configs.app import AppConfig
    from protocol.server import SystemInfo

SAMPLE_S: Final = 2.0
"""How often gauges are brought up to date. Ray hands them out every ten seconds."""

RECORDER_S: Final = 15.0
"""For a recorder: one that died is back well within it, and what is played meanwhile waits in a queue."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Ingress:
    """One replica of the front door."""

    def __init__(
        self,
        config: "AppConfig",
        world: "DeploymentHandle",
        safety: "DeploymentHandle",
        recorder: "DeploymentHandle",
        author: "DeploymentHandle",
        editor: "DeploymentHandle",
    ) -> None:
        configure_logs("ingress")
        self._config = config
        self._system_info = read_system_info()
        self._startup = Startup(read_parts)
        self._watching = asyncio.get_running_loop().create_task(self._startup.run())
        self._sessions: set[Session] = set()
        self._empty = asyncio.Event()
        self._standing = Standing(has_preload=config.world_model.preload is not None)
        self._metrics = IngressMetrics()
        self._sampling = asyncio.get_running_loop().create_task(self._sample())
        limits, timing = config.ingress.limits, config.ingress.timing
        studio = ServeStudio(author, editor, config.prompt_author, config.image_editor)
        gate = SeedGate(
            partial(ask_checker, safety), limit_bytes=limits.seed_bytes, limit_s=check_limit_s(config.safety)
        )
        self._parts = SessionParts(
            open_world=lambda session_id: observed(
                hosted(world, session_id, WORLD_FACTS, WORLD_COMMANDS, wait_s=timing.admission_s, link_s=timing.link_s),
                self._metrics.admission,
            ),
            open_recorder=lambda session_id: hosted(
                recorder, session_id, RECORDER_FACTS, RECORDER_COMMANDS, wait_s=RECORDER_S, link_s=timing.link_s
            ),
            gate=gate,
            scenes=Scenes(studio, gate, limit_chars=limits.prompt_chars),
            startup=self._startup,
            standing=self._standing,
            metrics=self._metrics,
            config=config.ingress,
            server_log=log_file() if config.ingress.server_logs_to_client else None,
            snapshot=lambda: take_snapshot("cpu"),
        )
        transport.install(config.ingress)

    def health(self) -> HealthResponse:
        """The state of this server, from what is known here: nothing is asked, so it always answers."""
        return HealthResponse(
            startup_complete=self._startup.is_complete,
            world_engine=self._standing.health(is_up=self._startup.is_up("WorldModel")),
            safety=SafetyHealth(loaded=self._startup.is_up("SafetyChecker")),
            capabilities=read_capabilities(self._config.world_model.device),
            launched_from_standalone=self._config.launched_from_standalone,
        )

    def system_info(self) -> "SystemInfo":
        """The machine that this replica runs on."""
        return self._system_info

    async def play(self, websocket: "WebSocket") -> None:
        """Serve one client for as long as it stays. The socket is accepted first and judged then."""
        await websocket.accept()
        socket = ClientSocket(websocket, messages_per_s=self._config.ingress.limits.messages_per_s)
        session_id = SessionId(secrets.token_hex(8))
        client_host = websocket.client.host if websocket.client else "unknown"
        with structlog.contextvars.bound_contextvars(session_id=session_id, client_host=client_host):
            claimed = websocket.query_params.get("protocol_version")
            if not speaks_our_version(claimed):
                await self._turn_away(socket, claimed)
                return
            features = parse_features(websocket.query_params.get("features"))
            log.info("session begins", features=sorted(features))
            session = Session(self._parts, socket, session_id, features)
            loop = asyncio.get_running_loop()
            self._sessions.add(session)
            with tap(session_id, lambda record: loop.call_soon_threadsafe(session.post_log, record)):
                try:
                    await session.run()
                finally:
                    self._sessions.discard(session)
                    self._empty.set()
            log.info("session over")

    async def drain(self) -> None:
        """End all sessions, and return when they have ended. Asked for by the launcher before it stops Serve."""
        for session in self._sessions:
            session.stop()
        while self._sessions:
            self._empty.clear()
            await self._empty.wait()

    async def _sample(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due_s = loop.time() + SAMPLE_S
            await asyncio.sleep(SAMPLE_S)
            self._metrics.sampled([session.load() for session in self._sessions], (loop.time() - due_s) * 1e3)

    async def _turn_away(self, socket: ClientSocket, claimed: str | None) -> None:
        """Tell a client of another version which one is spoken here."""
        versions = {"client": claimed or "unknown", "server": str(PROTOCOL_VERSION)}
        error = ProtocolVersionError("the client speaks another version of the protocol", params=versions)
        log.warning("client turned away", **versions)
        try:
            await socket.send_text(push_of(error, self._parts.snapshot()).to_json())
            await socket.close()
        except ClientGoneError:
            pass


def this_ingress() -> Ingress:
    """The instance that Serve runs in this process."""
    instance = serve.get_replica_context().servable_object
    assert isinstance(instance, Ingress), "asked for by routes that are bound to the Ingress deployment"
    return instance


async def read_parts() -> Mapping[str, Part] | None:
    """The other deployments of this application, as Serve's controller sees them; None while it does not answer."""
    context = serve.get_replica_context()
    try:
        status = await asyncio.to_thread(serve.status)
    except RAY_FAILURES as error:
        log.warning("the controller does not answer", error=first_line(error))
        return None
    application = status.applications.get(context.app_name)
    if application is None:
        return {}
    return {name: _part(overview) for name, overview in application.deployments.items() if name != context.deployment}


def _part(overview: "DeploymentStatusOverview") -> Part:
    """Whether requests find a replica. One that runs is enough: Serve says `UPDATING` for as long as a replica of an
    earlier version plays its session to the end, and keeps the earlier ones when a new version cannot start."""
    if any(count > 0 for state, count in overview.replica_states.items() if state == "RUNNING"):
        return Part.UP
    match overview.status.value:
        case "UPDATING":
            return Part.COMING
        case "DEPLOY_FAILED":
            return Part.FAILED
        case _:
            return Part.UP

"""A client of the wire contract: one socket, typed events in the order of their arrival, a limit on every wait.

    async with WireClient.connect("ws://127.0.0.1:7987") as client:
        await client.init(seed=Path("lake.jpg").read_bytes())
        await client.play(5.0)
        reply = await client.check_seed_safety(picture)

Owns the socket and what is sent. Waiting is in `wire_inbox`, the shape of events in `wire_events`. Everything that
comes is parsed strictly: a message that the contract does not allow ends every wait with ContractViolationError.
"""

import asyncio
import base64
import itertools
import json
import socket
import struct
import time
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, Self, TypeVar
from urllib.parse import urlencode, urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from protocol.client import (
    CheckSeedSafety,
    ClientMessage,
    Control,
    GenerateScene,
    Init,
    Pause,
    Prompt,
    Request,
    Reset,
    Resume,
    SceneEdit,
    SessionConfig,
)
from protocol.server import (
    CheckSeedSafetyResponseData,
    FailureResponse,
    GenerateSceneResponseData,
    InitResponseData,
    ResponseData,
    SceneEditResponseData,
    SuccessResponse,
)
from protocol.version import PROTOCOL_VERSION
from scripts.throttle import throttled_socket
from scripts.wire_events import (
    ContractViolationError,
    HandshakeRefusedError,
    RequestFailedError,
    decode_event,
    encode_message,
)
from scripts.wire_inbox import TIMEOUT_S, Inbox

DataT = TypeVar("DataT", bound=ResponseData)

INIT_TIMEOUT_S: Final = 60.0
CLOSE_TIMEOUT_S: Final = 2.0
MESSAGE_LIMIT_BYTES: Final = 64 * 2**20
NO_CLOSE_FRAME_CODE: Final = 1006

CONTROL_HZ: Final = 59.0
"""No divisor of the usual frame rates, so that within a second a control is of every age when a pass starts."""

WALK: Final = (Control(buttons=("W",), mouse_dx=2.0), Control(buttons=("W", "D"), mouse_dx=2.0, mouse_dy=0.5))

DEFAULT_MODEL: Final = "local/synthetic"
"""Costs nothing, so that what tests and measurements see is the server."""

PLAIN_CONFIG: Final = SessionConfig(
    scene_authoring=False, action_logging=False, video_recording=False, video_output_dir=None, cap_inference_fps=True
)


def now_ms() -> float:
    """The client's clock: what `ts` says and when events arrived."""
    return time.perf_counter() * 1000


def socket_url(
    url: str, *, version: str | int | None, features: Iterable[str] = (), query: Mapping[str, str] | None = None
) -> str:
    """The URL of the socket of the server at `url`. None leaves the version out."""
    fields = {} if version is None else {"protocol_version": str(version)}
    if names := ",".join(features):
        fields["features"] = names
    fields |= query or {}
    return f"{url.rstrip('/')}/ws?{urlencode(fields, safe=',')}"


class WireClient(Inbox):
    """One session. Made by `connect`."""

    def __init__(self, connection: ClientConnection, *, keep_jpegs: bool) -> None:
        super().__init__(keep_jpegs=keep_jpegs)
        self._connection = connection
        self._request_numbers = itertools.count(1)

    @classmethod
    @asynccontextmanager
    async def connect(
        cls,
        url: str,
        *,
        version: str | int | None = PROTOCOL_VERSION,
        features: Iterable[str] = (),
        query: Mapping[str, str] | None = None,
        origin: str | None = None,
        headers: Mapping[str, str] | None = None,
        offer_deflate: bool = False,
        read_mbit: float | None = None,
        keep_jpegs: bool = True,
        timeout_s: float = TIMEOUT_S,
    ) -> AsyncGenerator[Self]:
        """Open a socket to the server at `url` (`ws://host:port`) and close it at the end of the block.

        `query` adds to the URL, `read_mbit` makes this client a slow one, and without `keep_jpegs` only sizes are kept.
        Raises HandshakeRefusedError, OSError or TimeoutError where no socket comes to be.
        """
        async with AsyncExitStack() as stack:
            options: dict[str, Any] = {}
            if read_mbit is not None:
                host, port = urlsplit(url).hostname or "127.0.0.1", urlsplit(url).port or 80
                slow = throttled_socket(host, port, read_mbit=read_mbit)
                options["sock"] = await stack.enter_async_context(slow)
            try:
                connection = await open_websocket(
                    socket_url(url, version=version, features=features, query=query),
                    origin=None if origin is None else Origin(origin),
                    additional_headers=headers,
                    compression="deflate" if offer_deflate else None,
                    proxy=None,
                    open_timeout=timeout_s,
                    close_timeout=CLOSE_TIMEOUT_S,
                    ping_interval=None,
                    max_size=MESSAGE_LIMIT_BYTES,
                    **options,
                )
            except InvalidStatus as error:
                raise HandshakeRefusedError(error.response.status_code) from error
            client = cls(connection, keep_jpegs=keep_jpegs)
            reader = asyncio.create_task(client._read())
            try:
                yield client
            finally:
                await connection.close()
                await reader

    # --- sending

    async def send(self, message: ClientMessage) -> None:
        """Send a message. Raises SocketClosedError when there is no socket to send it on."""
        await self.send_raw(encode_message(message))

    async def send_raw(self, data: str | bytes, timeout_s: float = TIMEOUT_S) -> None:
        """Send a text frame (a binary one for bytes), valid or not."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._connection.send(data)
        except ConnectionClosed as error:
            raise await self.closed() from error
        except TimeoutError:
            what = "room to send"
            raise self.nothing_came(what, timeout_s) from None

    async def control(
        self, *buttons: str, mouse_dx: float = 0.0, mouse_dy: float = 0.0, ts: float | None = None
    ) -> float:
        """Send a control with the time of now, or `ts`; returns the time it carries."""
        ts = now_ms() if ts is None else ts
        await self.send(Control(buttons=buttons, mouse_dx=mouse_dx, mouse_dy=mouse_dy, ts=ts))
        return ts

    async def pause(self) -> None:
        """Stop the world."""
        await self.send(Pause())

    async def resume(self) -> None:
        """Let the world go on."""
        await self.send(Resume())

    async def reset(self) -> None:
        """Back to the original seed."""
        await self.send(Reset())

    async def prompt(self, text: str = "") -> None:
        """Back to the original seed, the other way to say it."""
        await self.send(Prompt(prompt=text))

    async def play(self, duration_s: float, *, hz: float = CONTROL_HZ, controls: Sequence[Control] = WALK) -> None:
        """Send `controls` round and round at `hz`, each with the time it is sent. What comes is in the history."""
        start_s = asyncio.get_running_loop().time()
        for count, control in enumerate(itertools.cycle(controls)):
            await self.wait_until_s(start_s + min(count / hz, duration_s))
            if count / hz >= duration_s:
                return
            await self.send(control.model_copy(update={"ts": now_ms()}))

    # --- requests

    def new_req_id(self) -> str:
        """An id that this client has not used yet."""
        return f"r{next(self._request_numbers)}"

    async def request(self, message: Request, timeout_s: float = TIMEOUT_S) -> SuccessResponse | FailureResponse:
        """Send a request and wait for its one reply."""
        await self.send(message)
        return await self.reply_to(message.req_id, timeout_s=timeout_s)

    async def request_raw(
        self, fields: Mapping[str, object], timeout_s: float = TIMEOUT_S
    ) -> SuccessResponse | FailureResponse:
        """Send a request that may be invalid, with a fresh `req_id` if it has none, and wait for its reply."""
        whole = {"req_id": self.new_req_id(), **fields}
        await self.send_raw(json.dumps(whole))
        return await self.reply_to(str(whole["req_id"]), timeout_s=timeout_s)

    async def init(
        self,
        seed: bytes | None = None,
        *,
        model: str = DEFAULT_MODEL,
        seed_filename: str | None = None,
        biome_version: str | None = None,
        timeout_s: float = INIT_TIMEOUT_S,
        **config: Any,
    ) -> InitResponseData:
        """Start a world, or re-configure it; `config` changes fields of PLAIN_CONFIG.

        Raises RequestFailedError for a failure reply, as the requests below do.
        """
        message = Init(
            req_id=self.new_req_id(),
            model=model,
            config=PLAIN_CONFIG.model_validate(PLAIN_CONFIG.model_dump() | config),
            seed_image_data=None if seed is None else base64.b64encode(seed).decode(),
            seed_filename=seed_filename,
            biome_version=biome_version,
        )
        return await self._data(message, InitResponseData, timeout_s)

    async def scene_edit(self, prompt: str, timeout_s: float = TIMEOUT_S) -> SceneEditResponseData:
        """Change the world in words."""
        message = SceneEdit(req_id=self.new_req_id(), prompt=prompt)
        return await self._data(message, SceneEditResponseData, timeout_s)

    async def generate_scene(self, prompt: str, timeout_s: float = TIMEOUT_S) -> GenerateSceneResponseData:
        """Make a new world from words."""
        message = GenerateScene(req_id=self.new_req_id(), prompt=prompt)
        return await self._data(message, GenerateSceneResponseData, timeout_s)

    async def check_seed_safety(self, image: bytes, timeout_s: float = TIMEOUT_S) -> CheckSeedSafetyResponseData:
        """The verdict on a picture."""
        message = CheckSeedSafety(req_id=self.new_req_id(), image_data=base64.b64encode(image).decode())
        return await self._data(message, CheckSeedSafetyResponseData, timeout_s)

    async def _data(self, message: Request, kind: type[DataT], timeout_s: float) -> DataT:
        reply = await self.request(message, timeout_s)
        if isinstance(reply, FailureResponse):
            raise RequestFailedError(reply)
        if not isinstance(reply.data, kind):
            flaw = f"a reply to {message.type} with other data: {reply.to_json()[:300]}"
            raise ContractViolationError(flaw)
        return reply.data

    # --- the socket

    @property
    def agreed_deflate(self) -> bool:
        """Whether the handshake ended with compression."""
        response = self._connection.response
        return response is not None and "permessage-deflate" in response.headers.get("Sec-WebSocket-Extensions", "")

    def vanish(self) -> None:
        """Reset the TCP connection, as a killed client's machine does."""
        raw: socket.socket = self._connection.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.transport.abort()

    def freeze(self) -> None:
        """Read nothing any more and answer no ping, as a client whose cable is cut."""
        self._connection.transport.pause_reading()

    async def _read(self) -> None:
        """Put what comes into the inbox until the socket is closed or breaks the contract."""
        try:
            while True:
                data = await self._connection.recv()
                self.put(decode_event(data), now_ms())
        except ConnectionClosed as error:
            frame = error.rcvd
            self.end_closed(frame.code if frame else NO_CLOSE_FRAME_CODE, frame.reason if frame else "")
        except ContractViolationError as error:
            self.end(error)
            self._connection.transport.abort()

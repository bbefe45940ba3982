"""An Ingress replica's part in the routes, without Ray and without sessions."""

from starlette.websockets import WebSocket

from protocol.http import Capabilities, HealthResponse, SafetyHealth, WorldEngineHealth
from protocol.server import SystemInfo


class FakeFront:
    """Accepts every WebSocket, says hello and closes."""

    def __init__(self) -> None:
        self.plays = 0
        self.is_broken = False

    def health(self) -> HealthResponse:
        """A fresh server's; raises when the test broke it."""
        if self.is_broken:
            raise ZeroDivisionError
        return HealthResponse(
            startup_complete=False,
            world_engine=WorldEngineHealth(loaded=False, warmed_up=False, has_seed=False),
            safety=SafetyHealth(loaded=False),
            capabilities=Capabilities(backends=(), quants={}),
            launched_from_standalone=False,
        )

    def system_info(self) -> SystemInfo:
        """A machine with nothing but torch."""
        return SystemInfo(torch_version="2.13.0")

    async def play(self, websocket: WebSocket, /) -> None:
        """One greeting."""
        self.plays += 1
        await websocket.accept()
        await websocket.send_text("hello")
        await websocket.close()

"""The TypeScript client plays a session: once against the fake of the wire, once against the server.

Every message has to fit the generated schemas to the last field. The session itself is `tests/live.test.ts` of the
TypeScript package.
"""

import asyncio
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

import pytest

from tests.fakes.wire_server import fake_server
from tests.fakes.wire_session import FakeSettings

PACKAGE: Final = Path(__file__).resolve().parents[2] / "protocol" / "typescript"
VITEST: Final = PACKAGE / "node_modules" / "vitest" / "vitest.mjs"

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(not VITEST.exists(), reason="run `npm ci` in protocol/typescript"),
]


class RunningServer(Protocol):
    """What this test needs of the fixture."""

    @property
    def ws_url(self) -> str:
        """Where its sessions are."""
        ...


async def play(settings: Mapping[str, str]) -> None:
    """Run the live session in Node; what it prints is the message of the failure."""
    process = await asyncio.create_subprocess_exec(
        "node",
        str(VITEST),
        "run",
        "tests/live.test.ts",
        cwd=PACKAGE,
        env={**os.environ, "NO_COLOR": "1", **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, output.decode()


async def test_the_typescript_client_understands_every_message_of_the_fake() -> None:
    async with fake_server(FakeSettings(frame_height=90, frame_width=160, pass_s=0.0)) as fake:
        await play({"BIOME_LIVE_URL": fake.url, "BIOME_LIVE_SOCKET_ONLY": "1"})
    assert fake.sessions_so_far == 1


async def test_the_typescript_client_understands_every_message_of_the_server(server: RunningServer) -> None:
    await play({"BIOME_LIVE_URL": server.ws_url})

"""Seeds from outside: from base64 text to a picture that may be shown, or a typed reason why not.

Owns how long the safety checker may take. What it judges by is its own.
"""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import structlog

from deployments.images import decode_base64
from protocol.errors import Fault, InvalidSeedError, SeedCheckError, UnsafeSeedError
from serve_app.calls import RAY_FAILURES, WAY_S, answer_of, first_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ray.serve.handle import DeploymentHandle

    from configs.safety import SafetyConfig
    from deployments.safety_checker.contract import Verdict

AskVerdict: TypeAlias = "Callable[[bytes], Awaitable[Verdict]]"
"""Sends an image file to the safety checker."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AcceptedSeed:
    """An image file that passed the safety check."""

    picture: bytes
    sha256: str
    filename: str | None

    @property
    def name(self) -> str:
        """What a recording calls it: the client's name for the file, or its hash."""
        return self.filename or self.sha256


class SeedGate:
    """Every picture from outside passes here."""

    def __init__(self, ask: AskVerdict, *, limit_bytes: int, limit_s: float) -> None:
        self._ask = ask
        self._limit_bytes = limit_bytes
        self._limit_s = limit_s

    async def check(self, text: str) -> "Verdict":
        """The verdict on a base64 picture. Raises InvalidSeedError, or SeedCheckError when nobody answers."""
        return await self.check_picture(decode_base64(text, limit_bytes=self._limit_bytes))

    async def check_picture(self, picture: bytes) -> "Verdict":
        """The verdict on an image file. Raises SeedCheckError when nobody answers."""
        try:
            async with asyncio.timeout(self._limit_s):
                return await self._ask(picture)
        except TimeoutError as error:
            reason = f"the safety checker did not answer within {self._limit_s:g} s"
            raise SeedCheckError(reason) from error
        except RAY_FAILURES as error:
            reason = f"the safety checker did not answer: {first_line(error)}"
            raise SeedCheckError(reason) from error

    async def accept(self, text: str, filename: str | None) -> AcceptedSeed:
        """The seed that came along with an `init`. Raises InvalidSeedError, UnsafeSeedError or SeedCheckError."""
        picture = decode_base64(text, limit_bytes=self._limit_bytes)
        verdict = await self.check_picture(picture)
        log.info("seed checked", is_safe=verdict.is_safe, source=verdict.source, sha256=verdict.sha256)
        match verdict.fault:
            case Fault.CLIENT:
                raise InvalidSeedError(verdict.reason or "invalid")
            case Fault.SERVER | Fault.HOST:
                raise SeedCheckError(verdict.reason or "failed")
            case None:
                if not verdict.is_safe:
                    raise UnsafeSeedError(verdict.reason or "unsafe")
        return AcceptedSeed(picture, verdict.sha256, filename)


async def ask_checker(checker: "DeploymentHandle", picture: bytes) -> "Verdict":
    """The deployment's verdict. The call is called off when the caller is cancelled."""
    return await answer_of(checker.check.remote(picture))


def check_limit_s(config: "SafetyConfig") -> float:
    """What the checker itself allows, twice: a picture may have to wait for the pass before its own."""
    return 2 * config.check_timeout_s + WAY_S

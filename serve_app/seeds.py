"""Seeds from outside: from base64 text to a picture that may be shown, or a typed reason why not."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import structlog

from deployments.images import decode_base64
from protocol.errors import Fault, InvalidSeedError, SeedCheckError, UnsafeSeedError
from serve_app.admission import RAY_FAILURES, first_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

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

    def __init__(self, ask: AskVerdict, *, limit_bytes: int) -> None:
        self._ask = ask
        self._limit_bytes = limit_bytes

    async def check(self, text: str) -> "Verdict":
        """The verdict on a base64 picture. Raises InvalidSeedError, or SeedCheckError when nobody answers."""
        return await self.check_picture(decode_base64(text, limit_bytes=self._limit_bytes))

    async def check_picture(self, picture: bytes) -> "Verdict":
        """The verdict on an image file. Raises SeedCheckError when nobody answers."""
        try:
            return await self._ask(picture)
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

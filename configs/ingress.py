"""Settings of the ingress: who may come in, how much they may send, how long we wait."""

import re
from typing import Annotated, Final

from pydantic import Field, SecretStr, field_validator

from configs.base import StrictModel

TOKEN_CHARS: Final = 16
"""An access token may not be shorter."""

DESKTOP_ORIGINS: Final = ("file://", "http://localhost:5173")
"""The packaged desktop app is a page loaded from disk; in development it is served here."""

_ORIGIN: Final = re.compile(r"file://|https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:.]+\](:\d{1,5})?", re.ASCII)
"""As browsers write it. `null` is what any sandboxed page sends, and a wildcard would let every page in."""


class LimitsConfig(StrictModel):
    """Bounds on what one client may send or leave unread."""

    message_bytes: int = Field(default=24 * 2**20, ge=2**16)
    """Largest text frame; a larger one ends the connection with code 1009."""
    seed_bytes: int = Field(default=16 * 2**20, ge=1024)
    prompt_chars: int = Field(default=2000, ge=1)
    messages_per_s: float = Field(default=2000.0, gt=0)
    """Past this rate the client's socket is read more slowly. Nothing is lost; controls merge anyway."""
    invalid_messages: int = Field(default=100, ge=1)
    """So many invalid messages end the session."""
    queued_messages: int = Field(default=1024, ge=16)
    """So many unsent messages end the session: nothing is dropped, and memory stays bounded."""
    unsent_bytes: int = Field(default=128 * 1024, ge=16 * 1024)
    """What the kernel may hold for one client without having sent it."""


class TimingConfig(StrictModel):
    """How long a session waits for what, in seconds."""

    admission_s: float = Field(default=2.0, gt=0)
    """For a free replica, before the client is told that the server is busy."""
    startup_s: float = Field(default=600.0, gt=0)
    """For the deployments to come up, before the client is told that they did not."""
    link_s: float = Field(default=5.0, gt=0)
    seed_s: float = Field(default=60.0, gt=0)
    idle_s: float | None = Field(default=None, gt=0)
    """For a player who has a world to touch anything, before the session ends and the world is free for another one;
    null: for ever."""
    hub_s: float = Field(default=2.0, gt=0, le=60.0)
    """For the Hugging Face hub, before an answer is given without it."""
    ping_interval_s: float = Field(default=4.0, gt=0)
    ping_timeout_s: float = Field(default=4.0, gt=0)
    """A client that does not answer for this long after a ping is gone."""


class IngressConfig(StrictModel):
    """The front door."""

    allowed_origins: Annotated[tuple[str, ...], Field(strict=False)] = DESKTOP_ORIGINS
    """Browser pages that may drive this server, besides the one it serves itself."""
    access_token: SecretStr | None = None
    """Required of every client when set: `Authorization: Bearer …`, or `access_token=…` in the URL."""
    model_collection: str = Field(default="Overworld/waypoint", pattern=r"^[\w.-]+/[\w.-]+$")
    """The Hugging Face collection whose models are offered where they can run."""
    allow_model_deletion: bool = False
    """Whether clients may delete models from the cache of this machine: on a machine with one owner only."""
    serve_recordings: bool = False
    """Whether clients may list, watch and delete the recordings: on a machine with one owner only. Nothing says which
    player made which one, and all of them share one token."""
    limits: LimitsConfig = LimitsConfig()
    timing: TimingConfig = TimingConfig()
    server_logs_to_client: bool = False
    """Local profile: a client also gets the server's own records, not just those of its session."""

    @field_validator("access_token")
    @classmethod
    def _token_is_a_secret(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and (
            len(token.get_secret_value()) < TOKEN_CHARS or "change-me" in token.get_secret_value()
        ):
            msg = f"choose a secret of at least {TOKEN_CHARS} characters, for example with: openssl rand -hex 24"
            raise ValueError(msg)
        return token

    @field_validator("allowed_origins")
    @classmethod
    def _origins_are_exact(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if _ORIGIN.fullmatch(origin) is None:
                msg = f"{origin!r} is not an origin: write scheme://host or scheme://host:port in small letters, or file://"
                raise ValueError(msg)
        return origins

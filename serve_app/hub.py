"""What the Hugging Face hub says of models: a collection's members and a model's size.

Owns the requests, bounded in time, and turns every way in which they fail into one error. Which models this server
offers is `catalog`'s to say, and what is on this machine `model_cache`'s.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias, TypeVar
from urllib.parse import quote

import httpx2
from huggingface_hub import constants, get_async_session
from huggingface_hub.errors import OfflineModeIsEnabled
from huggingface_hub.utils import build_hf_headers  # pyright: ignore[reportUnknownVariableType]
from pydantic import BaseModel, Field, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

OpenSession: TypeAlias = Callable[[], httpx2.AsyncClient]
"""Gives a new HTTP client that is closed after one request."""


class HubError(Exception):
    """The hub gave no usable answer: offline, unreachable, too slow, or it talks differently from what is expected."""


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model as the hub knows it."""

    id: str
    size_bytes: int | None
    """Of all its files; None when the hub does not tell."""


class _Item(BaseModel):
    id: str = ""
    type: str


class _Collection(BaseModel):
    items: list[_Item]


class _File(BaseModel):
    size: int | None = None


class _Model(BaseModel):
    id: str
    files: list[_File] = Field(default_factory=list[_File], validation_alias="siblings")


_AnswerT = TypeVar("_AnswerT", bound=BaseModel)


class Hub:
    """The hub's JSON API. A request ends within `timeout_s`, whatever the network does."""

    def __init__(self, *, timeout_s: float, open_session: OpenSession = get_async_session) -> None:
        self._timeout_s = timeout_s
        self._open_session = open_session

    async def collection(self, slug: str) -> tuple[str, ...]:
        """Ids of the models in a collection, in its order. Raises HubError."""
        answer = await self._get(f"/api/collections/{quote(slug)}", {}, _Collection)
        if answer is None:
            reason = f"there is no collection {slug!r}, or it is not open to this server"
            raise HubError(reason)
        return tuple(item.id for item in answer.items if item.type == "model")

    async def model(self, model_id: str) -> HubModel | None:
        """A model; None when there is none of that id that this server may see. Raises HubError."""
        answer = await self._get(f"/api/models/{quote(model_id)}", {"blobs": "true"}, _Model)
        if answer is None:
            return None
        sizes = [file.size for file in answer.files if file.size is not None]
        return HubModel(answer.id, sum(sizes) if sizes else None)

    async def _get(self, path: str, query: "Mapping[str, str]", answer: type[_AnswerT]) -> _AnswerT | None:
        """The answer; None for 401, 403 and 404, which the hub does not tell apart for strangers."""
        try:
            async with asyncio.timeout(self._timeout_s), self._open_session() as session:
                response = await session.get(constants.ENDPOINT + path, params=query, headers=build_hf_headers())
        except TimeoutError as error:
            reason = f"the Hugging Face hub did not answer within {self._timeout_s:g} s"
            raise HubError(reason) from error
        except OfflineModeIsEnabled as error:
            reason = "the Hugging Face hub is not asked in offline mode (HF_HUB_OFFLINE)"
            raise HubError(reason) from error
        except (httpx2.HTTPError, OSError) as error:
            reason = f"the Hugging Face hub cannot be reached: {error or type(error).__name__}"
            raise HubError(reason) from error
        if response.status_code in {401, 403, 404}:
            return None
        if response.status_code != HTTPStatus.OK:
            reason = f"the Hugging Face hub answered {response.status_code}"
            raise HubError(reason)
        try:
            return answer.model_validate_json(response.content)
        except ValidationError as error:
            reason = "the Hugging Face hub gave an answer of another form than expected"
            raise HubError(reason) from error

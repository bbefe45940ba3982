"""The routes of finished recordings: list, play or download, delete."""

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from deployments.recorder.library import NoSuchRecordingError
from protocol.http import RecordingEntry
from serve_app.responses import json_list_response

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path

    from starlette.requests import Request

    from deployments.recorder import library


class KeepsRecordings(Protocol):
    """What is wanted of `library.Library`. Blocking."""

    def list(self) -> "Sequence[library.RecordingEntry]":
        """All recordings, latest first."""
        ...

    def video(self, recording_id: str, /) -> "Path":
        """The MP4 of a finished recording. Raises NoSuchRecordingError."""
        ...

    def delete(self, recording_id: str, /) -> None:
        """Delete a finished recording. Raises NoSuchRecordingError, OSError."""
        ...


class RecordingRoutes:
    """`/api/recordings`. Ids are the library's: text that is none finds nothing."""

    def __init__(self, library: KeepsRecordings) -> None:
        self._library = library

    def routes(self) -> list[Route]:
        """For the web app."""
        return [
            Route("/api/recordings", self.list),
            Route("/api/recordings/{recording_id}", self.one, methods=["GET", "HEAD", "DELETE"]),
        ]

    async def list(self, _request: "Request") -> Response:
        """All recordings."""
        return json_list_response([recording_body(entry) for entry in await asyncio.to_thread(self._library.list)])

    async def one(self, request: "Request") -> Response:
        """One recording: its video, whole or in ranges, or its end."""
        recording_id: str = request.path_params["recording_id"]
        try:
            if request.method == "DELETE":
                await asyncio.to_thread(self._library.delete, recording_id)
                return Response(status_code=HTTPStatus.NO_CONTENT)
            path, status = await asyncio.to_thread(self._look_up, recording_id)
        except (NoSuchRecordingError, FileNotFoundError) as error:
            raise HTTPException(HTTPStatus.NOT_FOUND, "there is no finished recording of that id") from error
        except OSError as error:
            reason = f"the recordings folder refuses: {error.strerror}"
            raise HTTPException(HTTPStatus.INTERNAL_SERVER_ERROR, reason) from error
        wants_download = request.query_params.get("download") == "1"
        return FileResponse(
            path,
            media_type="video/mp4",
            filename=path.name if wants_download else None,
            stat_result=status,
            headers={"Cache-Control": "private, no-cache"},
        )

    def _look_up(self, recording_id: str) -> "tuple[Path, os.stat_result]":
        path = self._library.video(recording_id)
        return path, path.stat()


def recording_body(entry: "library.RecordingEntry") -> RecordingEntry:
    """An entry of the library as the contract has it."""
    return RecordingEntry(
        id=entry.id,
        name=entry.name,
        created=entry.created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        status=entry.status.value,
        duration_s=entry.duration_s,
        frames=entry.frames,
        width=entry.width,
        height=entry.height,
        size_bytes=entry.size_bytes,
        has_action_log=entry.has_action_log,
    )

"""One player of the bench, in a process of its own so that it shares no interpreter lock with anybody.

    python -m scripts.bench_player '{"url": "ws://127.0.0.1:7987", "seed_path": "lake.jpg"}'

Talks to the bench in lines: writes READY once its world moves, waits for a line, plays, writes STEADY after the warm-up
and PLAYED at the end, then its report as JSON. `bench_players` starts it.
"""

import asyncio
import math
import sys
from collections.abc import Iterable
from itertools import cycle
from pathlib import Path
from typing import Final

import simplejpeg
from pydantic import BaseModel, ConfigDict

from protocol.client import Control, SceneEdit
from protocol.server import FailureResponse
from protocol.stages import Stage
from scripts.bench_measures import BatchSample
from scripts.wire_client import CONTROL_HZ, DEFAULT_MODEL, WALK, WireClient, now_ms
from scripts.wire_events import Batch, NothingCameError, WireError

READY: Final = "ready"
STEADY: Final = "steady"
PLAYED: Final = "played"
REPLY_TIMEOUT_S: Final = 30.0

EDITS: Final = ("make it night", "let it snow", "golden sunset", "a thunderstorm", "thick fog", "add two pine trees")
"""What an editing player asks for, in turn."""

WEAVE: Final = tuple(Control(buttons=("W",), mouse_dx=5.0 * math.sin(math.tau * step / 480)) for step in range(480))
"""Ahead with gentle turns, to one side and to the other."""

STARTUP_TIMEOUT_S: Final = 90.0


class PlaySpec(BaseModel):
    """What one player does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    seed_path: Path
    model: str = DEFAULT_MODEL
    warm_up_s: float = 2.0
    duration_s: float = 10.0
    control_hz: float = CONTROL_HZ
    is_turning: bool = False
    """Weave ahead, so that the way leads nowhere twice."""
    is_capped: bool = True
    is_recording: bool = False
    offer_deflate: bool = False
    read_mbit: float | None = None
    ask_every_s: float | None = None
    """Send a request so often while playing, and see that its reply comes."""
    edit_every_s: float | None = None
    """Edit the world so often while playing, and return to the original after each edit."""
    check_jpegs: bool = False
    """Decode every picture at the end; all must be whole and of one size."""


class Answer(BaseModel):
    """A request during play."""

    model_config = ConfigDict(frozen=True)

    waited_ms: float | None
    """None: no reply came in time."""
    is_as_expected: bool
    """A check must succeed, an edit without words must fail with its id."""


class Edit(BaseModel):
    """A scene edit during play that succeeded; others end the play."""

    model_config = ConfigDict(frozen=True)

    asked_ms: float
    replied_ms: float


class PlayReport(BaseModel):
    """What one player saw. Times in milliseconds on the machine's monotonic clock, the same for all its processes."""

    model_config = ConfigDict(frozen=True)

    init_ms: float
    """From `init` to its reply."""
    first_frame_ms: float
    """From `init` to the first generated batch; the first control is sent at the reply."""
    steady_at_ms: float
    """End of the warm-up."""
    batches: tuple[BatchSample, ...]
    """All generated batches, the warm-up's too."""
    answers: tuple[Answer, ...]
    edits: tuple[Edit, ...]
    """The warm-up's too."""
    agreed_deflate: bool
    frame_size: tuple[int, int] | None
    """Height and width of every picture, where they were checked."""


class UnevenJpegsError(WireError):
    """Pictures of one session differ in size."""

    def __init__(self, sizes: Iterable[tuple[int, int]]) -> None:
        super().__init__(f"pictures of several sizes in one session: {sorted(sizes)}")


def say(line: str) -> None:
    """One line to the bench."""
    print(line, flush=True)


async def play(spec: PlaySpec) -> PlayReport:
    """One session, from `init` to its end.

    Raises WireError or OSError for whatever goes wrong, ValueError for a JPEG that is damaged.
    """
    seed = await asyncio.to_thread(spec.seed_path.read_bytes)
    controls = WEAVE if spec.is_turning else WALK
    async with WireClient.connect(
        spec.url, offer_deflate=spec.offer_deflate, read_mbit=spec.read_mbit, keep_jpegs=spec.check_jpegs
    ) as client:
        await client.stage(Stage.WAITING_FOR_SEED, timeout_s=STARTUP_TIMEOUT_S)
        asked_ms = now_ms()
        await client.init(
            seed,
            model=spec.model,
            seed_filename=spec.seed_path.name,
            cap_inference_fps=spec.is_capped,
            video_recording=spec.is_recording,
            scene_authoring=spec.edit_every_s is not None,
        )
        init_ms = now_ms() - asked_ms
        await client.control("W")
        await client.first(Batch, lambda batch: batch.header.frame_id > 0)
        say(READY)
        await asyncio.to_thread(sys.stdin.readline)
        async with asyncio.TaskGroup() as tasks:
            asking = tasks.create_task(_ask(client, spec, seed))
            editing = tasks.create_task(_edit(client, spec))
            await client.play(spec.warm_up_s, hz=spec.control_hz, controls=controls)
            steady_at_ms = now_ms()
            say(STEADY)
            await client.play(spec.duration_s, hz=spec.control_hz, controls=controls)
            say(PLAYED)
    generated = [(at_ms, batch) for at_ms, batch in client.batches() if batch.header.frame_id > 0]
    return PlayReport(
        init_ms=init_ms,
        first_frame_ms=generated[0][0] - asked_ms,
        steady_at_ms=steady_at_ms,
        batches=tuple(_sample(at_ms, batch) for at_ms, batch in generated),
        answers=tuple(asking.result()),
        edits=tuple(editing.result()),
        agreed_deflate=client.agreed_deflate,
        frame_size=checked_size(jpeg for _, batch in generated for jpeg in batch.jpegs) if spec.check_jpegs else None,
    )


async def _ask(client: WireClient, spec: PlaySpec, picture: bytes) -> list[Answer]:
    """Requests at a steady pace until play is over: in turn one that succeeds and one that fails."""
    if spec.ask_every_s is None:
        return []
    loop = asyncio.get_running_loop()
    due_s, end_s = loop.time(), loop.time() + spec.warm_up_s + spec.duration_s
    answers: list[Answer] = []
    while (due_s := max(due_s + spec.ask_every_s, loop.time())) < end_s:
        await client.wait_until_s(due_s)
        asked_ms = now_ms()
        try:
            if len(answers) % 2 == 0:
                await client.check_seed_safety(picture, timeout_s=REPLY_TIMEOUT_S)
                is_as_expected = True
            else:
                edit = SceneEdit(req_id=client.new_req_id(), prompt="")
                is_as_expected = isinstance(await client.request(edit, REPLY_TIMEOUT_S), FailureResponse)
        except NothingCameError:
            answers.append(Answer(waited_ms=None, is_as_expected=False))
        else:
            answers.append(Answer(waited_ms=now_ms() - asked_ms, is_as_expected=is_as_expected))
    return answers


async def _edit(client: WireClient, spec: PlaySpec) -> list[Edit]:
    """Edits at a steady pace until play is over, the next one after a while of play on from the last."""
    if spec.edit_every_s is None:
        return []
    loop = asyncio.get_running_loop()
    end_s = loop.time() + spec.warm_up_s + spec.duration_s
    edits: list[Edit] = []
    for prompt in cycle(EDITS):
        due_s = loop.time() + spec.edit_every_s
        if due_s >= end_s:
            break
        await client.wait_until_s(due_s)
        asked_ms = now_ms()
        await client.scene_edit(prompt, REPLY_TIMEOUT_S)
        edits.append(Edit(asked_ms=asked_ms, replied_ms=now_ms()))
        await client.reset()
    return edits


def checked_size(jpegs: Iterable[bytes]) -> tuple[int, int] | None:
    """Height and width that all the pictures share. Raises UnevenJpegsError, or ValueError for one that is damaged."""
    sizes = {simplejpeg.decode_jpeg(jpeg).shape[:2] for jpeg in jpegs}
    if len(sizes) > 1:
        raise UnevenJpegsError(sizes)
    return next(iter(sizes), None)


def _sample(at_ms: float, batch: Batch) -> BatchSample:
    header = batch.header
    return BatchSample(
        at_ms=at_ms,
        client_ts_ms=header.client_ts,
        frame_id=header.frame_id,
        sub_frames=batch.sub_frames,
        size_bytes=batch.size_bytes,
        gen_ms=header.gen_ms,
        enc_ms=header.t_enc_ms or 0.0,
        overhead_ms=header.t_overhead_ms or 0.0,
    )


def main() -> int:
    """Play as the argument says; 1 with a line on stderr when it came to nothing."""
    spec = PlaySpec.model_validate_json(sys.argv[1])
    try:
        say(asyncio.run(play(spec)).model_dump_json())
    except (WireError, OSError, ValueError, ExceptionGroup) as error:
        errors = error.exceptions if isinstance(error, ExceptionGroup) else [error]
        print("; ".join(f"{type(each).__name__}: {each}" for each in errors), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

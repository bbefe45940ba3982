"""From parts to the finished MP4: one faststart file with its metadata.

Owns the order of packets and the tags. Parts of one encoder are copied packet by packet; if the encoder changed half
way (another machine finished the recording), they are encoded anew with libx264, since one MP4 track has one decoder
configuration.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Final

import av

from deployments.recorder.encoder import EncoderSettings, PartEncoder, VideoShape
from deployments.recorder.folder import Part, SegmentInfo
from deployments.recorder.naming import opened_at
from deployments.recorder.pyav import PacketCopier

ARTIST: Final = "Biome"
_FASTSTART: Final = {"movflags": "+faststart"}


def tags(info: SegmentInfo) -> dict[str, str]:
    """Metadata of the finished file."""
    opened = opened_at(info.recording_id)
    return {
        "title": f"Biome, {opened:%Y-%m-%d %H:%M:%S} UTC",
        "artist": ARTIST,
        "creation_time": opened.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "comment": info.metadata.model_dump_json(),
    }


def join_parts(
    parts: Sequence[Part], draft: Path, shape: VideoShape, metadata: dict[str, str], settings: EncoderSettings
) -> None:
    """Write the parts into `draft`, one behind the other. Raises OSError or FFmpegError."""
    if len({_configuration(part.path) for part in parts}) > 1:
        _encode_anew(parts, shape, settings)
    with av.open(str(draft), "w", format="mp4", options=_FASTSTART) as output:
        output.metadata.update(metadata)
        with av.open(str(parts[0].path)) as first:
            copier = PacketCopier(output, first.streams.video[0], shape.fps)
        for part in parts:
            with av.open(str(part.path)) as source:
                copier.copy(source)


def _configuration(part: Path) -> bytes:
    """What a decoder has to know before the first frame of `part`."""
    with av.open(str(part)) as source:
        return source.streams.video[0].codec_context.extradata or b""


def _encode_anew(parts: Sequence[Part], shape: VideoShape, settings: EncoderSettings) -> None:
    """Replace every part by one of libx264. Repeating it after a crash loses a little quality, nothing else."""
    for part in parts:
        draft = part.path.with_suffix(".tmp")
        with (
            av.open(str(part.path)) as source,
            PartEncoder(draft, shape, replace(settings, choice="libx264")) as target,
        ):
            for frame in source.decode(video=0):
                target.encode(frame)
            target.finish()
        draft.replace(part.path)

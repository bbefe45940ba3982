"""Encoding frames to H.264. Owns the choice of the encoder and what an encoded chunk looks like.

Every chunk of the spool becomes a fragmented MP4 of its own (a part), playable up to its last fragment. Parts have no
B-frames, so that decoding order is display order and parts can be put one behind the other.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, Self

import av
from av.container import OutputContainer
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from configs.recorder import EncoderChoice
from deployments.recorder.frames import PIXEL_FORMAT
from deployments.recorder.pyav import FFmpegError, add_video, encode

KEYFRAME_INTERVAL_S: Final = 2
PART_OPTIONS: Final = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
MATRIX: Final = Colorspace.SMPTE170M
"""BT.601, the matrix of JPEG."""

_ENCODERS: Final[dict[EncoderChoice, tuple[str, ...]]] = {
    "auto": ("h264_nvenc", "libx264"),
    "h264_nvenc": ("h264_nvenc", "libx264"),
    "libx264": ("libx264",),
}


@dataclass(frozen=True, slots=True)
class VideoShape:
    """What the frames of a segment have in common. Sizes in pixels, both even."""

    width: int
    height: int
    fps: int


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """Which encoder, and how hard it tries."""

    choice: EncoderChoice
    crf: int
    preset: str


class PartEncoder:
    """Writes one part. Use as a context manager; frames are one `1/fps` apart."""

    def __init__(self, path: Path, shape: VideoShape, settings: EncoderSettings) -> None:
        """Open the first encoder that works here. Raises OSError or FFmpegError."""
        self._path = path
        self._shape = shape
        self._settings = settings
        self.frames = 0
        self.fallback_reason: str | None = None
        self._container, self._stream = self._open()

    @property
    def encoder(self) -> str:
        """Name of the encoder in use."""
        return self._stream.codec_context.name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    def encode(self, frame: VideoFrame) -> None:
        """Add the next frame."""
        frame.pts = self.frames
        frame.time_base = Fraction(1, self._shape.fps)
        frame.pict_type = PictureType.NONE
        self.frames += 1
        encode(self._container, self._stream, frame)

    def finish(self) -> None:
        """Write what the encoder still holds."""
        encode(self._container, self._stream, None)

    def _open(self) -> tuple[OutputContainer, VideoStream]:
        candidates = _ENCODERS[self._settings.choice]
        for name in candidates[:-1]:
            container = av.open(str(self._path), "w", format="mp4", options=PART_OPTIONS)
            try:
                stream = self._add_stream(container, name)
                stream.codec_context.open()
            except (FFmpegError, ValueError) as error:
                # A build without it raises a ValueError, a machine without the device an FFmpegError.
                self.fallback_reason = f"{name}: {error}"
                container.close()
            else:
                return container, stream
        container = av.open(str(self._path), "w", format="mp4", options=PART_OPTIONS)
        return container, self._add_stream(container, candidates[-1])

    def _add_stream(self, container: OutputContainer, name: str) -> VideoStream:
        shape = self._shape
        stream = add_video(container, name, shape.fps, _options(name, self._settings))
        stream.width, stream.height, stream.pix_fmt = shape.width, shape.height, PIXEL_FORMAT
        codec = stream.codec_context
        codec.gop_size = shape.fps * KEYFRAME_INTERVAL_S
        codec.max_b_frames = 0
        codec.thread_count = 1
        codec.time_base = Fraction(1, shape.fps)
        codec.color_range = ColorRange.MPEG
        codec.colorspace = MATRIX
        codec.color_primaries = ColorPrimaries.BT709
        codec.color_trc = ColorTrc.BT709
        return stream


def _options(encoder: str, settings: EncoderSettings) -> dict[str, str]:
    if encoder == "h264_nvenc":
        return {"preset": "p4", "rc": "vbr", "cq": str(settings.crf), "b": "0"}
    return {"preset": settings.preset, "crf": str(settings.crf)}

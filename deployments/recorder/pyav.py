"""The calls of PyAV whose stubs leave types open, each behind a typed function. Knows nothing of recordings."""

from fractions import Fraction

import av
import av.error
from av.container import InputContainer, OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

FFmpegError = av.error.FFmpegError
"""Base of everything that FFmpeg reports; those about files are OSErrors too."""


def decode_packet(codec: VideoCodecContext, data: bytes) -> list[VideoFrame]:
    """The frames that come out when `data` goes in. Raises FFmpegError."""
    return codec.decode(av.Packet(data))  # pyright: ignore[reportUnknownMemberType]


def add_video(container: OutputContainer, encoder: str, fps: int, options: dict[str, str]) -> VideoStream:
    """A new track. Raises ValueError when this build of FFmpeg has no such encoder."""
    stream = container.add_stream(encoder, rate=fps, options=options)  # pyright: ignore[reportUnknownMemberType]
    assert isinstance(stream, VideoStream)
    return stream


def encode(container: OutputContainer, stream: VideoStream, frame: VideoFrame | None) -> None:
    """Encode a frame and write what comes out; None drains the encoder. Raises FFmpegError."""
    packets = stream.encode(frame)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    container.mux(packets)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


class PacketCopier:
    """Copies packets of tracks without B-frames into one track, a frame time after the other."""

    def __init__(self, target: OutputContainer, template: VideoStream, fps: int) -> None:
        """The track is described like `template`."""
        self._target = target
        self._frame_time = Fraction(1, fps)
        self._stream = target.add_stream_from_template(template)  # pyright: ignore[reportUnknownMemberType]
        self._stream.time_base = self._frame_time
        self._frames = 0

    def copy(self, source: InputContainer) -> None:
        """Append every frame of `source`. Raises FFmpegError."""
        for packet in source.demux(source.streams.video[0]):
            if not packet.size:
                continue
            packet.stream = self._stream
            packet.time_base = self._frame_time
            packet.pts = packet.dts = self._frames
            packet.duration = 1
            self._target.mux(packet)  # pyright: ignore[reportUnknownMemberType]
            self._frames += 1

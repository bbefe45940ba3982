"""From JPEG to what H.264 wants: decoding, colours, even sizes. The only module that knows of pixel formats.

A JPEG is full-range BT.601 YCbCr (JFIF); the video is limited-range yuv420p of the same matrix, and says so. It stays
in YCbCr all the way: FFmpeg's decoder hands over planes, which is cheaper than a detour through RGB.
"""

from typing import Final

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, VideoReformatter
from numpy.typing import NDArray

from deployments.recorder.pyav import FFmpegError, decode_packet

PIXEL_FORMAT: Final = "yuv420p"
BLACK_LUMA: Final = 16
WHITE_LUMA: Final = 235
NEUTRAL_CHROMA: Final = 128


def even(size: int) -> int:
    """Chroma is halved, so an odd size grows by one."""
    return max(2, size + size % 2)


class FrameDecoder:
    """Makes every JPEG a frame of one size. A damaged one repeats the frame before, so that time stays true."""

    def __init__(self, width: int, height: int) -> None:
        """`width` and `height` are those of the model's frames; the video's are the next even ones."""
        self.width = even(width)
        self.height = even(height)
        self.damaged = 0
        self._codec = _jpeg_decoder()
        self._reformatter = VideoReformatter()
        self._previous: VideoFrame | None = None

    def decode(self, jpeg: bytes) -> VideoFrame:
        """The picture as a frame that the caller may paint on."""
        try:
            decoded = decode_packet(self._codec, jpeg)
        except FFmpegError:
            decoded = []
            self._codec = _jpeg_decoder()
        if decoded:
            self._previous = decoded[0]
        else:
            self.damaged += 1
        return self._black() if self._previous is None else self._fit(self._previous)

    def _fit(self, frame: VideoFrame) -> VideoFrame:
        is_odd = frame.width != self.width or frame.height != self.height
        if is_odd and even(frame.width) == self.width and even(frame.height) == self.height:
            return self._pad(self._convert(frame, frame.width, frame.height))
        return self._convert(frame, self.width, self.height)

    def _convert(self, frame: VideoFrame, width: int, height: int) -> VideoFrame:
        return self._reformatter.reformat(
            frame,
            width,
            height,
            PIXEL_FORMAT,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )

    def _pad(self, frame: VideoFrame) -> VideoFrame:
        """Repeat the last column and row; chroma is rounded up already."""
        padded = VideoFrame(self.width, self.height, PIXEL_FORMAT)
        for source, target in zip(frame.planes, padded.planes, strict=True):
            pixels = plane_pixels(source)
            missing = ((0, target.height - source.height), (0, target.width - source.width))
            plane_pixels(target)[...] = np.pad(pixels, missing, mode="edge")
        padded.color_range = ColorRange.MPEG
        return padded

    def _black(self) -> VideoFrame:
        frame = VideoFrame(self.width, self.height, PIXEL_FORMAT)
        for plane, value in zip(frame.planes, (BLACK_LUMA, NEUTRAL_CHROMA, NEUTRAL_CHROMA), strict=True):
            plane_pixels(plane)[...] = value
        frame.color_range = ColorRange.MPEG
        return frame


def plane_pixels(plane: VideoPlane) -> NDArray[np.uint8]:
    """A writable view of a plane's pixels, height x width."""
    lines = np.frombuffer(memoryview(plane), np.uint8)
    return lines.reshape(-1, plane.line_size)[: plane.height, : plane.width]


def _jpeg_decoder() -> VideoCodecContext:
    codec = av.CodecContext.create("mjpeg", "r")
    assert isinstance(codec, VideoCodecContext)
    codec.thread_count = 1
    return codec

"""Settings of the recorder: where recordings go, how they are encoded, and how much disk they may take."""

from pathlib import Path
from typing import Final, Literal, TypeAlias

from pydantic import Field, model_validator

from configs.base import SettingsPath, StrictModel

RECORDINGS_FOLDER: Final = "recordings"
SPOOL_FOLDER: Final = ".spool"

EncoderChoice: TypeAlias = Literal["auto", "libx264", "h264_nvenc"]
"""`auto` takes h264_nvenc where it opens, libx264 elsewhere."""

X264Preset: TypeAlias = Literal[
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"
]


class RecorderConfig(StrictModel):
    """One replica's recorder. How many sessions it serves at once is the deployment's `max_ongoing_requests`."""

    root: SettingsPath | None = None
    """Folder of finished recordings; None puts it under the data directory. On a cluster: a mount that every ingress
    sees too, where `ingress.serve_recordings` has them listed and served from it."""

    spool_dir: SettingsPath | None = None
    """Folder of what is not encoded yet; None puts it under the recordings. A fast local disk is a good choice."""

    honour_client_dir: bool = False
    """Whether a client's `video_output_dir` is taken. It lets a client write anywhere this process may: local only."""

    encoder: EncoderChoice = "auto"
    crf: int = Field(default=20, ge=0, le=51)
    """Constant quality of H.264: 0 is lossless, 51 the worst."""

    preset: X264Preset = "veryfast"
    """Effort of libx264. Per 720p frame, decoding included, `veryfast` was measured at 14 ms of one core, `ultrafast`
    at 6 ms for files twice the size. An encoder that does not keep up with play lets the spool grow meanwhile."""

    encode_priority: Literal["idle", "nice"] = "idle"
    """`idle` encodes only where a core has nothing else to do (Linux); `nice` takes a small share always."""

    encode_workers: int = Field(default=1, ge=1, le=16)
    """Processes that encode at the same time, one core each."""

    chunk_bytes: int = Field(default=32 * 2**20, ge=1024)
    """The spool is a row of files of about this size; each is deleted as soon as it is encoded."""

    min_free_bytes: int = Field(default=2**30, ge=0)
    """A segment ends when the disk has less than this left."""

    spool_limit_bytes: int = Field(default=64 * 2**30, ge=1024)
    """A segment ends when so much of it waits to be encoded."""

    min_segment_s: float = Field(default=3.0, ge=0.0)
    """Shorter segments are deleted."""

    caption_s: float = Field(default=5.0, gt=0.0)
    """How long the caption of a scene edit is shown."""

    caption_fade_s: float = Field(default=1.0, ge=0.0)
    """The last part of `caption_s`, over which it fades."""

    caption_font: SettingsPath | None = None
    """TrueType or OpenType file; None takes the first known font of the system that has all the letters."""

    rescan_s: float = Field(default=60.0, gt=0.0)
    """How often the spool folder is searched for what a dead recorder left, and failed disks are tried again."""

    link_host: str | None = None
    """Address where a leased recorder listens; None means the node's own."""

    link_timeout_s: float = Field(default=10.0, gt=0.0)
    """How long a leased link is awaited."""

    shutdown_s: float = Field(default=2.0, ge=0.0)
    """How long a shut-down waits for the encoder; the rest is done after the next start."""

    @model_validator(mode="after")
    def _combination_is_possible(self) -> "RecorderConfig":
        if self.caption_fade_s > self.caption_s:
            msg = f"caption_fade_s ({self.caption_fade_s}) is a part of caption_s ({self.caption_s}): make it smaller"
            raise ValueError(msg)
        if self.spool_limit_bytes < 2 * self.chunk_bytes:
            msg = "spool_limit_bytes must have room for two chunks: raise it, or lower chunk_bytes"
            raise ValueError(msg)
        return self

    def recordings_dir(self, data_dir: Path) -> Path:
        """Where finished recordings are."""
        return (self.root or data_dir / RECORDINGS_FOLDER).absolute()

    def spool_folder(self, data_dir: Path) -> Path:
        """Where recordings wait to be encoded."""
        return (self.spool_dir or self.recordings_dir(data_dir) / SPOOL_FOLDER).absolute()

"""Settings of the safety checker. What the backends do with them is theirs to say."""

from pathlib import Path
from typing import Final, Literal

from pydantic import Field, model_validator

from configs.base import SettingsPath, StrictModel

FREEPIK_MODEL_ID: Final = "Freepik/nsfw_image_detector"
CACHE_FILE: Final = Path("safety") / "verdicts.sqlite3"


class SafetyConfig(StrictModel):
    """Which classifier judges pictures, from which risk on it refuses them, and what it remembers."""

    backend: Literal["open_nsfw", "freepik"] = "open_nsfw"
    """`open_nsfw` brings its weights and runs on the CPU; `freepik` is larger and wants a GPU."""

    model_id: str | None = Field(default=None, min_length=1)
    """Hugging Face id or local folder for `freepik`; None means Freepik's own. `open_nsfw` takes none."""

    threshold: float = Field(default=0.5, ge=0.0, le=1.0)
    """A picture is unsafe when its risk reaches this. 0 refuses everything."""

    device: str = Field(default="cpu", pattern=r"^(cpu|mps|cuda(:\d+)?)$")
    batch_size: int = Field(default=8, ge=1, le=256)
    """Pictures to one pass. The deployment's `max_ongoing_requests` must be at least this large."""

    batch_wait_ms: float = Field(default=2.0, ge=0.0, le=1000.0)
    """How long the first picture of a batch waits for company."""

    check_timeout_s: float = Field(default=20.0, gt=0.0, le=600.0)
    """A pass that takes longer counts as failed: its pictures are unsafe and the replica unhealthy."""

    limit_pixels: int = Field(default=40_000_000, ge=1, le=150_000_000)
    """Larger pictures are refused before they are decoded: no world takes them, and the time limit is for a batch."""

    cache_path: SettingsPath | None = None
    """SQLite file of the verdict cache; None puts it under the data directory."""

    cache_limit_entries: int = Field(default=100_000, ge=0)
    """The oldest entries make room for new ones; 0 means no cache."""

    @model_validator(mode="after")
    def _combination_is_possible(self) -> "SafetyConfig":
        if self.backend == "open_nsfw" and self.device != "cpu":
            msg = f"open_nsfw runs on the CPU, not on {self.device!r}: use device 'cpu' or backend 'freepik'"
            raise ValueError(msg)
        if self.backend == "open_nsfw" and self.model_id is not None:
            msg = "open_nsfw brings its own weights: leave model_id out, or use backend 'freepik'"
            raise ValueError(msg)
        return self

    def cache_file(self, data_dir: Path) -> Path | None:
        """Where the verdict cache is kept, None when there is none."""
        if self.cache_limit_entries == 0:
            return None
        return self.cache_path or data_dir / CACHE_FILE

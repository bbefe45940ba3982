"""A hub of which every answer is set beforehand, and a model cache folder laid out as `huggingface_hub` does."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from serve_app.hub import HubError, HubModel


class FakeHub:
    """Answers at once, or once `open` is set. `is_down` makes every question fail."""

    def __init__(self, collection: tuple[str, ...] = (), sizes: Mapping[str, int] | None = None) -> None:
        self.members = collection
        self.sizes = dict(sizes or {})
        self.is_down = False
        self.asked: Counter[str] = Counter()
        self.was_asked = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    async def collection(self, slug: str) -> tuple[str, ...]:
        """The members, whatever the slug."""
        await self._answer(slug)
        return self.members

    async def model(self, model_id: str) -> HubModel | None:
        """A model of known size, None for any other."""
        await self._answer(model_id)
        size = self.sizes.get(model_id)
        return None if size is None else HubModel(model_id, size)

    async def _answer(self, question: str) -> None:
        self.asked[question] += 1
        self.was_asked.set()
        await self.open.wait()
        if self.is_down:
            reason = "down for the test"
            raise HubError(reason)


def put_into_cache(cache: Path, model_id: str, files: Mapping[str, bytes], *, commit: str = "a" * 40) -> Path:
    """Put a downloaded revision of a model into the cache folder; returns the folder of its repository."""
    repo = cache / f"models--{model_id.replace('/', '--')}"
    snapshot = repo / "snapshots" / commit
    (repo / "blobs").mkdir(parents=True, exist_ok=True)
    (repo / "refs").mkdir(exist_ok=True)
    (repo / "refs" / "main").write_text(commit)
    for number, (name, content) in enumerate(files.items()):
        blob = repo / "blobs" / f"{commit[:8]}{number}"
        blob.write_bytes(content)
        link = snapshot / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(blob)
    return repo

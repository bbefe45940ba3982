"""An author and an editor that do what a test tells them."""

import asyncio

from deployments.scene_authoring.contract import AuthorResult, Instruction
from tests.fakes.pictures import encoded, plain

PAINTED = encoded(plain("rgb(40, 40, 40)", 16, 8), "JPEG")
"""What is painted, whatever is asked for."""

WRITTEN = Instruction("Make it night. Keep everything else unchanged.", "Make it night")


class FakeStudio:
    """A `Studio`. What is set as an error is raised once."""

    image_model = "a-model"

    def __init__(self) -> None:
        self.is_loaded = False
        self.answer: AuthorResult = WRITTEN
        self.load_error: Exception | None = None
        self.author_error: Exception | None = None
        self.editor_error: Exception | None = None
        self.asked: list[object] = []
        """Everything that was asked for, in order."""
        self.began = asyncio.Event()
        """Painting has begun."""
        self.may_paint = asyncio.Event()
        """Clear it, and nothing is painted until it is set."""
        self.may_paint.set()
        self.was_called_off = asyncio.Event()

    async def is_ready(self) -> bool:
        """Whether all models are there."""
        return self.is_loaded

    async def get_ready(self) -> None:
        """Load."""
        self.asked.append("load")
        if (error := self.load_error) is not None:
            self.load_error = None
            raise error
        self.is_loaded = True

    async def author_edit(self, request: str, frame_jpeg: bytes) -> AuthorResult:
        """The answer that was set."""
        self.asked.append(("edit", request, frame_jpeg))
        return self._written()

    async def author_scene(self, request: str) -> AuthorResult:
        """The answer that was set."""
        self.asked.append(("scene", request))
        return self._written()

    async def edit(self, jpeg: bytes, instruction: Instruction) -> bytes:
        """A dark picture."""
        self.asked.append((jpeg, instruction))
        return await self._paint()

    async def generate(self, instruction: Instruction, width: int, height: int) -> bytes:
        """A dark picture."""
        self.asked.append((instruction, width, height))
        return await self._paint()

    def _written(self) -> AuthorResult:
        if (error := self.author_error) is not None:
            self.author_error = None
            raise error
        return self.answer

    async def _paint(self) -> bytes:
        self.began.set()
        try:
            await self.may_paint.wait()
        except asyncio.CancelledError:
            self.was_called_off.set()
            raise
        if (error := self.editor_error) is not None:
            self.editor_error = None
            raise error
        return PAINTED

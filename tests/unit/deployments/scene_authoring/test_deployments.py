"""The two deployments with their embedded backends: words to instruction to picture, and errors that travel."""

import io
import pickle
import zlib

import numpy as np
import pytest
from PIL import Image

from configs.scene_authoring import ImageEditorConfig, PromptAuthorConfig
from deployments.scene_authoring.contract import Instruction, Rejected
from deployments.scene_authoring.errors import AuthoringFailedError, NotUnderstoodError
from deployments.scene_authoring.image_editor import ImageEditor
from deployments.scene_authoring.pictures import read_properties
from deployments.scene_authoring.prompt_author import PromptAuthor
from protocol.errors import AuthoringLoadError, AuthoringNotLoadedError, BiomeError, SceneEditRejectedError
from tests.fakes import pictures

FRAME = pictures.encoded(pictures.noise(160, 90), "JPEG")


def brightness(jpeg: bytes) -> float:
    return float(np.asarray(Image.open(io.BytesIO(jpeg)).convert("L"), dtype=np.float64).mean())


async def test_words_become_an_instruction_and_the_instruction_a_darker_picture() -> None:
    author, editor = PromptAuthor(PromptAuthorConfig()), ImageEditor(ImageEditorConfig())
    assert (await author.is_loaded(), await editor.is_loaded()) == (False, False)
    instruction = await author.author_edit("make it night", FRAME)
    assert isinstance(instruction, Instruction)
    edited = await editor.edit(FRAME, instruction)
    assert brightness(edited) < 0.7 * brightness(FRAME)
    properties = read_properties(edited)
    assert properties is not None
    assert (properties.model, properties.prompt) == ("procedural", instruction.text)
    assert (properties.width, properties.height) == (160, 90)
    assert properties.seed == zlib.crc32(instruction.text.encode())
    assert (await author.is_loaded(), await editor.is_loaded()) == (True, True)


async def test_a_scene_has_the_size_that_was_asked_for() -> None:
    author, editor = PromptAuthor(PromptAuthorConfig()), ImageEditor(ImageEditorConfig())
    instruction = await author.author_scene("snowy mountain village with a wooden bridge")
    assert isinstance(instruction, Instruction)
    scene = Image.open(io.BytesIO(await editor.generate(instruction, 320, 180)))
    assert (scene.format, scene.size, scene.mode) == ("JPEG", (320, 180), "RGB")


async def test_a_request_against_the_policy_is_rejected_with_a_reason() -> None:
    answer = await PromptAuthor(PromptAuthorConfig()).author_edit("porn", FRAME)
    assert isinstance(answer, Rejected)
    assert answer.because == "policy"


async def test_an_instruction_that_names_nothing_is_a_typed_failure() -> None:
    with pytest.raises(AuthoringFailedError, match="the editor failed"):
        await ImageEditor(ImageEditorConfig()).edit(FRAME, Instruction("qwertz uiop", "qwertz"))


async def test_a_frame_that_is_no_picture_is_refused() -> None:
    editor = ImageEditor(ImageEditorConfig())
    with pytest.raises(BiomeError, match="is not a PNG, JPEG or WebP file"):
        await editor.edit(b"nonsense", Instruction("Make it night.", "night"))


@pytest.mark.parametrize("backend", ["vlm", "flux2_klein"])
async def test_models_that_are_not_there_cannot_be_loaded(backend: str, tmp_path: object) -> None:
    missing = f"{tmp_path}/nothing"
    with pytest.raises(AuthoringLoadError, match="cannot be loaded on cpu: check the id"):
        if backend == "vlm":
            await PromptAuthor(PromptAuthorConfig(backend="vlm", model_id=missing)).ensure_loaded()
        else:
            await ImageEditor(ImageEditorConfig(backend="flux2_klein", model_id=missing)).ensure_loaded()


@pytest.mark.parametrize(
    "error",
    [
        AuthoringLoadError("no memory"),
        AuthoringNotLoadedError("off"),
        AuthoringFailedError("died"),
        NotUnderstoodError("what?"),
        SceneEditRejectedError("no"),
    ],
)
def test_errors_survive_the_way_between_processes(error: BiomeError) -> None:
    there_and_back = pickle.loads(pickle.dumps(error))
    assert type(there_and_back) is type(error)
    assert (there_and_back.message, there_and_back.message_id) == (error.message, error.message_id)

"""A diffusion pipeline with random weights, loaded and run as a real one: sizes, chance, giving up, weights."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file  # pyright: ignore[reportUnknownVariableType]

from configs.scene_authoring import ImageEditorConfig
from deployments.scene_authoring.contract import Instruction
from deployments.scene_authoring.diffusion.editor import DiffusionEditor, inner_size
from deployments.scene_authoring.errors import AuthoringFailedError
from protocol.errors import AuthoringLoadError
from tests.fakes import pictures
from tests.fakes.tiny_klein import save_tiny_klein

NIGHT = Instruction("Make it a moonless night. Keep everything else unchanged.", "Make it a moonless night")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_klein(tmp_path_factory.mktemp("klein"))


def load(folder: Path, *, is_wanted: bool = True, **settings: Any) -> DiffusionEditor:
    return DiffusionEditor(
        ImageEditorConfig(backend="flux2_klein", model_id=str(folder), steps=2, **settings), lambda: is_wanted
    )


@pytest.fixture(scope="module")
def editor(folder: Path) -> DiffusionEditor:
    return load(folder)


@pytest.mark.parametrize(
    ("size", "inner"),
    [((640, 360), (640, 352)), ((1280, 720), (1280, 720)), ((100, 70), (96, 64)), ((10, 999), (64, 992))],
)
def test_sizes_are_rounded_down_to_patches(size: tuple[int, int], inner: tuple[int, int]) -> None:
    assert inner_size(size) == inner


@pytest.mark.parametrize("size", [(160, 96), (150, 90)])
def test_an_edit_keeps_the_size_of_the_picture(editor: DiffusionEditor, size: tuple[int, int]) -> None:
    edited = editor.edit(pictures.noise(*size), NIGHT, seed=1)
    assert (edited.size, edited.mode) == (size, "RGB")


def test_a_scene_has_the_size_that_was_asked_for(editor: DiffusionEditor) -> None:
    assert editor.generate(NIGHT, (130, 100), seed=1).size == (130, 100)


def test_the_same_seed_paints_the_same_picture_and_another_one_another(editor: DiffusionEditor) -> None:
    first, again, other = (np.asarray(editor.generate(NIGHT, (64, 64), seed=seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_picture_that_is_edited_matters(editor: DiffusionEditor) -> None:
    dark, bright = (
        np.asarray(editor.edit(pictures.plain(colour, 64, 64), NIGHT, seed=1)) for colour in ("black", "white")
    )
    assert not np.array_equal(dark, bright)


def test_who_asks_again_gets_another_seed(editor: DiffusionEditor) -> None:
    assert len({editor.draw_seed(NIGHT) for _ in range(8)}) > 1


def test_painting_stops_between_steps_when_nobody_waits(folder: Path) -> None:
    with pytest.raises(AuthoringFailedError, match="abandoned"):
        load(folder, is_wanted=False).generate(NIGHT, (64, 64), seed=1)


def test_a_folder_that_is_no_pipeline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthoringLoadError, match="check the id, the network or the folder"):
        load(tmp_path)


def test_weights_without_the_package_that_reads_them_say_so(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "weights.gguf").write_bytes(b"GGUF")
    with pytest.raises(AuthoringLoadError):
        load(folder, gguf=str(tmp_path / "weights.gguf"))


def test_the_transformer_may_come_from_a_gguf_file(folder: Path, tmp_path: Path) -> None:
    gguf: Any = pytest.importorskip("gguf", reason="the optional package for GGUF files is not installed")
    path = tmp_path / "weights-Q8_0.gguf"
    writer = gguf.GGUFWriter(str(path), "flux2")
    (weights,) = (folder / "transformer").glob("*.safetensors")
    eight_bit = gguf.GGMLQuantizationType.Q8_0
    for name, tensor in load_file(weights).items():
        if tensor.ndim == 2 and tensor.shape[1] % 32 == 0:
            writer.add_tensor(name, gguf.quants.quantize(tensor, eight_bit), raw_dtype=eight_bit)
        else:
            writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    quantised = np.asarray(load(folder, gguf=str(path)).generate(NIGHT, (64, 64), seed=1), dtype=np.int16)
    whole = np.asarray(load(folder).generate(NIGHT, (64, 64), seed=1), dtype=np.int16)
    assert 0 < np.abs(quantised - whole).mean() < 20


def test_the_text_encoder_may_be_held_in_four_bits(folder: Path) -> None:
    pytest.importorskip("bitsandbytes", reason="the optional package for 4-bit weights is not installed")
    assert load(folder, four_bit_text_encoder=True).generate(NIGHT, (64, 64), seed=1).size == (64, 64)

"""The look into a Hugging Face cache folder, and deleting from it."""

from pathlib import Path

import pytest

from serve_app.model_cache import CachedModel, CannotDeleteError, ModelCache
from tests.fakes.hub import put_into_cache

WEIGHTS = {"model.safetensors": bytes(100)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "hub"
    path.mkdir()
    return path


def test_a_downloaded_model_is_there_with_its_size_and_type(folder: Path) -> None:
    put_into_cache(folder, "o/m", {**WEIGHTS, "config.yaml": b"model_type: waypoint-1.5\nn_frames: 512\n"})
    (model,) = ModelCache(folder).scan().values()
    assert model == CachedModel("o/m", 100 + 39, "waypoint-1.5")


@pytest.mark.parametrize(
    ("name", "content", "model_type"),
    [
        ("config.json", b'{"model_type": "llama"}', "llama"),
        ("config.json", b"{}", None),
        ("config.yaml", b"", None),
        ("config.yaml", b"- a list", None),
        ("config.yaml", b"model_type: [1]", None),
        ("config.yaml", b"model_type: {", None),
        ("config.yaml", b"\xff\xfe\x00", None),
        ("config.yaml", b"model_type: waypoint-1 #" + bytes(2**20), None),
        ("config.yaml", b"[" * 10_000, None),
        ("config.yaml", b"date: 2001-99-99", None),
        ("config.yaml", b"time: 1" + b":1" * 200 + b".0", None),
        ("config.yaml", b"flag: !!bool perhaps", None),
        ("config.yaml", b"count: !!int ''", None),
        ("config.yaml", b"date: !!timestamp soon", None),
        ("config.yaml", b"date: !!timestamp {=: 1}", None),
        ("deeper/config.yaml", b"model_type: waypoint-1", None),
    ],
)
def test_a_type_is_what_the_configuration_says_if_it_can_be_read(
    folder: Path, name: str, content: bytes, model_type: str | None
) -> None:
    put_into_cache(folder, "o/m", {**WEIGHTS, name: content})
    assert ModelCache(folder).scan()["o/m"].model_type == model_type


def test_the_revision_called_main_says_the_type(folder: Path) -> None:
    put_into_cache(folder, "o/m", {"config.yaml": b"model_type: old", **WEIGHTS}, commit="1" * 40)
    put_into_cache(folder, "o/m", {"config.yaml": b"model_type: new", **WEIGHTS}, commit="2" * 40)
    assert ModelCache(folder).scan()["o/m"].model_type == "new"


def test_a_repository_without_weights_is_not_a_model_that_is_there(folder: Path) -> None:
    put_into_cache(folder, "o/m", {"config.yaml": b"model_type: waypoint-1"})
    assert ModelCache(folder).scan() == {}


def test_data_sets_and_stray_files_are_no_models(folder: Path) -> None:
    put_into_cache(folder, "o/m", WEIGHTS).rename(folder / "datasets--o--m")
    (folder / "version.txt").write_text("1")
    assert ModelCache(folder).scan() == {}


def test_a_broken_repository_hides_no_other(folder: Path) -> None:
    put_into_cache(folder, "o/good", WEIGHTS)
    broken = put_into_cache(folder, "o/broken", WEIGHTS)
    for blob in (broken / "blobs").iterdir():
        blob.unlink()
    assert list(ModelCache(folder).scan()) == ["o/good"]


def test_a_cache_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    cache = ModelCache(tmp_path / "missing")
    assert cache.scan() == {}
    cache.delete("o/m")


def test_a_cache_that_is_no_folder_is_empty(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert ModelCache(tmp_path / "file").scan() == {}


def test_deleting_removes_every_revision_and_no_other_model(folder: Path) -> None:
    put_into_cache(folder, "o/m", WEIGHTS, commit="1" * 40)
    gone = put_into_cache(folder, "o/m", {"model.safetensors": bytes(3)}, commit="2" * 40)
    put_into_cache(folder, "o/m2", WEIGHTS)
    ModelCache(folder).delete("o/m")
    assert not gone.exists()
    assert list(ModelCache(folder).scan()) == ["o/m2"]


@pytest.mark.parametrize("deleted", ["o/copy", "o/original"])
def test_a_copy_with_the_same_revision_survives(folder: Path, deleted: str) -> None:
    names = {"o/copy", "o/original"}
    for name in names:
        put_into_cache(folder, name, WEIGHTS)
    ModelCache(folder).delete(deleted)
    assert set(ModelCache(folder).scan()) == names - {deleted}


def test_what_looking_at_a_model_left_behind_is_deleted_too(folder: Path) -> None:
    gone = put_into_cache(folder, "o/m", {"config.yaml": b""})
    ModelCache(folder).delete("o/m")
    assert not gone.exists()


@pytest.mark.parametrize("name", ["o/other", "../outside", "o", ""])
def test_deleting_what_is_not_there_does_nothing(folder: Path, name: str) -> None:
    put_into_cache(folder, "o/m", WEIGHTS)
    (folder.parent / "outside").mkdir()
    ModelCache(folder).delete(name)
    assert list(ModelCache(folder).scan()) == ["o/m"]
    assert (folder.parent / "outside").is_dir()


def test_a_model_that_cannot_be_deleted_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_into_cache(folder, "o/m", WEIGHTS)

    def refuse(path: Path) -> None:
        raise PermissionError(path)

    monkeypatch.setattr("shutil.rmtree", refuse)
    with pytest.raises(CannotDeleteError, match="o/m could not be deleted"):
        ModelCache(folder).delete("o/m")

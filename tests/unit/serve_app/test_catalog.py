"""What the catalogue makes of the engines, the model cache and the hub."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from configs.world_model import POCKET_MODEL, SYNTHETIC_MODEL, WorldModelConfig
from deployments.world_model.engines.known import OWN_ENGINES
from protocol.client import EngineBackend
from protocol.http import ModelEntry, ModelInfo
from serve_app.catalog import Catalog
from serve_app.collection import Collection
from serve_app.model_cache import CachedModel, CannotDeleteError
from tests.fakes import package_engine
from tests.fakes.hub import FakeHub

SYNTHETIC = ModelEntry(id="local/synthetic", is_local=True, model_type="synthetic")
POCKET = ModelEntry(id="local/pocket", size_bytes=OWN_ENGINES[0].size_bytes, is_local=True, model_type="pocket")
OWN = (POCKET, SYNTHETIC)
OWN_IDS = [POCKET.id, SYNTHETIC.id]
SMALL, LARGE = "Overworld/Waypoint-1-Small", "Overworld/Waypoint-1.5-1B"
CONFIG = WorldModelConfig()


class FakeCache:
    """Models in memory; `is_stuck` lets none be deleted."""

    def __init__(self, *models: CachedModel) -> None:
        self.models = {model.id: model for model in models}
        self.scans = 0
        self.is_stuck = False

    def scan(self) -> Mapping[str, CachedModel]:
        """The models."""
        self.scans += 1
        return dict(self.models)

    def delete(self, model_id: str) -> None:
        """Forget a model."""
        if self.is_stuck:
            raise CannotDeleteError(model_id)
        self.models.pop(model_id, None)


@pytest.fixture
def packages() -> Iterator[None]:
    with package_engine.installed():
        yield


def catalog_of(hub: FakeHub, cache: FakeCache | None = None, config: WorldModelConfig = CONFIG) -> Catalog:
    return Catalog(config, Collection("o/c", hub, patience_s=30.0), hub, cache or FakeCache())


async def test_a_host_without_packages_offers_its_own_engines_alone() -> None:
    hub = FakeHub((LARGE,))
    catalog = catalog_of(hub, FakeCache(CachedModel(LARGE, 7, "waypoint-1.5")))
    assert await catalog.models() == OWN
    assert not hub.asked, "what cannot run is not asked for"


async def test_a_configured_folder_is_left_out_where_its_engine_is_missing() -> None:
    config = WorldModelConfig(local_models={"local/mine": Path("/models/mine")})
    assert await catalog_of(FakeHub(), config=config).models() == OWN


@pytest.mark.usefixtures("packages")
async def test_a_host_with_packages_offers_its_own_then_the_collection() -> None:
    catalog = catalog_of(FakeHub((LARGE, SMALL), {LARGE: 9, SMALL: 5}))
    assert await catalog.models() == (
        *OWN,
        ModelEntry(id=LARGE, size_bytes=9, is_local=False, model_type="waypoint-1.5"),
        ModelEntry(id=SMALL, size_bytes=5, is_local=False, model_type="waypoint-1"),
    )


@pytest.mark.usefixtures("packages")
async def test_a_cached_member_is_local_and_as_large_as_it_is_here() -> None:
    catalog = catalog_of(FakeHub((LARGE,), {LARGE: 9}), FakeCache(CachedModel(LARGE, 7, "waypoint-2")))
    *_, entry = await catalog.models()
    assert entry == ModelEntry(id=LARGE, size_bytes=7, is_local=True, model_type="waypoint-2")


@pytest.mark.usefixtures("packages")
async def test_what_is_here_comes_before_what_must_be_downloaded() -> None:
    catalog = catalog_of(FakeHub((LARGE, SMALL)), FakeCache(CachedModel(SMALL, 7, "waypoint-1")))
    assert [entry.id for entry in await catalog.models()] == [*OWN_IDS, SMALL, LARGE]


@pytest.mark.usefixtures("packages")
async def test_cached_world_models_are_offered_and_other_programs_models_are_not() -> None:
    cache = FakeCache(
        CachedModel("me/waypoint-tuned", 3, "waypoint-1"),
        CachedModel("meta/llama", 4, "llama"),
        CachedModel("o/unknown", 5, None),
    )
    assert [entry.id for entry in await catalog_of(FakeHub(), cache).models()] == [*OWN_IDS, "me/waypoint-tuned"]


@pytest.mark.usefixtures("packages")
async def test_what_is_here_is_told_when_the_hub_is_down() -> None:
    hub = FakeHub((LARGE,))
    hub.is_down = True
    catalog = catalog_of(hub, FakeCache(CachedModel(SMALL, 7, "waypoint-1")))
    assert [entry.id for entry in await catalog.models()] == [*OWN_IDS, SMALL]


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize(
    ("backend", "ids"),
    [
        (None, [SYNTHETIC.id, "local/mine", LARGE]),
        (EngineBackend.WORLD_ENGINE, [SYNTHETIC.id, "local/mine", LARGE]),
        (EngineBackend.QUARK, [SYNTHETIC.id]),
    ],
)
async def test_a_backend_that_is_switched_off_has_no_models(backend: EngineBackend | None, ids: list[str]) -> None:
    config = WorldModelConfig(engines=("synthetic", "world_engine"), local_models={"local/mine": Path("/models/mine")})
    catalog = catalog_of(FakeHub((LARGE,)), config=config)
    assert [entry.id for entry in await catalog.models(backend)] == ids


@pytest.mark.usefixtures("packages")
async def test_the_cache_is_not_scanned_for_every_caller() -> None:
    cache = FakeCache()
    catalog = catalog_of(FakeHub(), cache)
    for _ in range(3):
        await catalog.models()
        await catalog.info(LARGE)
    assert cache.scans == 1


@pytest.mark.parametrize(
    ("preload", "ids"),
    [
        (None, [*OWN_IDS, LARGE]),
        (POCKET_MODEL, [*OWN_IDS, LARGE]),
        (SYNTHETIC_MODEL, [SYNTHETIC.id, POCKET.id, LARGE]),
        (LARGE, [LARGE, *OWN_IDS]),
        (SMALL, [*OWN_IDS, LARGE]),
    ],
)
@pytest.mark.usefixtures("packages")
async def test_what_is_loaded_at_the_start_is_offered_first(preload: str | None, ids: list[str]) -> None:
    catalog = catalog_of(FakeHub((LARGE,)), config=WorldModelConfig(preload=preload))
    assert [entry.id for entry in await catalog.models()] == ids


@pytest.mark.parametrize(
    ("model_id", "size_bytes"), [(POCKET.id, POCKET.size_bytes), (SYNTHETIC.id, None), ("local/mine", None)]
)
async def test_our_own_models_exist_without_anybody_being_asked(model_id: str, size_bytes: int | None) -> None:
    config = WorldModelConfig(local_models={"local/mine": Path("/models/mine")})
    hub = FakeHub()
    info = await catalog_of(hub, config=config).info(model_id)
    assert info == ModelInfo(id=model_id, size_bytes=size_bytes, exists=True, is_local=True)
    assert not hub.asked


@pytest.mark.parametrize("model_id", ["", "synthetic", "/etc/passwd", "../../etc", "a/b/c", "o/..", "o/m?blobs", "ö/m"])
async def test_what_is_no_id_does_not_exist_and_is_asked_of_nobody(model_id: str) -> None:
    hub, cache = FakeHub(), FakeCache()
    info = await catalog_of(hub, cache).info(model_id)
    assert (info.exists, info.is_local) == (False, False)
    assert "not a model id" in (info.error or "")
    assert not hub.asked
    assert cache.scans == 0


async def test_an_unknown_local_name_is_not_asked_of_the_hub() -> None:
    hub = FakeHub(sizes={"local/other": 1})
    info = await catalog_of(hub).info("local/other")
    assert (info.exists, info.error) == (False, "no local model has that name")
    assert not hub.asked


async def test_a_cached_model_is_told_from_the_cache() -> None:
    hub = FakeHub(sizes={LARGE: 9})
    info = await catalog_of(hub, FakeCache(CachedModel(LARGE, 7, None))).info(LARGE)
    assert info == ModelInfo(id=LARGE, size_bytes=7, exists=True, is_local=True)
    assert not hub.asked


async def test_a_model_of_the_hub_is_asked_for_once() -> None:
    hub = FakeHub(sizes={LARGE: 9})
    catalog = catalog_of(hub)
    for _ in range(2):
        assert await catalog.info(LARGE) == ModelInfo(id=LARGE, size_bytes=9, exists=True, is_local=False)
    assert hub.asked == {LARGE: 1}


async def test_a_model_that_the_hub_does_not_have_does_not_exist() -> None:
    info = await catalog_of(FakeHub()).info(LARGE)
    assert (info.exists, info.is_local) == (False, False)
    assert "no such model" in (info.error or "")


async def test_a_hub_that_is_down_is_told_as_such_and_not_asked_again_at_once() -> None:
    hub = FakeHub()
    hub.is_down = True
    catalog = catalog_of(hub)
    for _ in range(2):
        info = await catalog.info(LARGE)
        assert (info.exists, info.error) == (False, "down for the test")
    assert hub.asked == {LARGE: 1}


async def test_a_deleted_model_is_gone_from_the_next_answer() -> None:
    catalog = catalog_of(FakeHub(), FakeCache(CachedModel(LARGE, 7, None)))
    assert (await catalog.info(LARGE)).is_local
    await catalog.delete(LARGE)
    assert not (await catalog.info(LARGE)).is_local


async def test_after_a_failed_deletion_the_cache_is_looked_at_again() -> None:
    cache = FakeCache(CachedModel(LARGE, 7, None))
    catalog = catalog_of(FakeHub(), cache)
    await catalog.info(LARGE)
    cache.is_stuck = True
    with pytest.raises(CannotDeleteError):
        await catalog.delete(LARGE)
    cache.models.clear()
    assert not (await catalog.info(LARGE)).is_local

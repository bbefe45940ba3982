"""What a model is: its own configuration first, the table where that says nothing."""

from types import SimpleNamespace

import pytest

from deployments.world_model.engines.model_facts import context_limit_frames, read_spec


def facts(model: str, config: object) -> tuple[str | None, int, int, int, int, int]:
    spec = read_spec(model, config)
    return (
        spec.model_type,
        spec.sub_frames,
        spec.frame_height,
        spec.frame_width,
        spec.n_frames,
        spec.inference_fps,
    )


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("Overworld/Waypoint-1-Small", ("waypoint-1", 1, 360, 640, 4096, 60)),
        ("Overworld/Waypoint-1.5-1B", ("waypoint-1.5", 4, 720, 1280, 4096, 60)),
        ("local/mine", ("waypoint-1", 1, 360, 640, 4096, 60)),
    ],
)
def test_a_silent_configuration_leaves_it_to_the_table(
    model: str, expected: tuple[str, int, int, int, int, int]
) -> None:
    assert facts(model, {}) == expected


def test_the_model_type_of_the_configuration_picks_the_row() -> None:
    assert facts("local/mine", {"model_type": "waypoint-1.5"}) == ("waypoint-1.5", 4, 720, 1280, 4096, 60)


def test_an_unknown_type_is_passed_on() -> None:
    assert read_spec("local/mine", {"model_type": "waypoint-9"}).model_type == "waypoint-9"


SAID = {"temporal_compression": 2, "frame_height": 480, "frame_width": 832, "n_frames": 512, "inference_fps": 30}


@pytest.mark.parametrize("config", [SAID, SimpleNamespace(**SAID)])
def test_the_configuration_wins(config: object) -> None:
    assert facts("Overworld/waypoint-1.5", config) == ("waypoint-1.5", 2, 480, 832, 512, 30)


def test_a_latent_grid_is_not_taken_for_a_frame() -> None:
    spec = read_spec("Overworld/waypoint-1", {"height": 16, "width": 16})
    assert (spec.frame_height, spec.frame_width) == (360, 640)


def test_the_size_of_a_frame_goes_by_several_names() -> None:
    for config in ({"height": 200, "width": 300}, {"seed_target_size": [200, 300]}, {"seed_target_size": (200, 300)}):
        spec = read_spec("Overworld/waypoint-1", config)
        assert (spec.frame_height, spec.frame_width) == (200, 300)


@pytest.mark.parametrize("value", [None, 0, -4, True, "many", [8]])
def test_a_value_that_makes_no_sense_counts_as_not_said(value: object) -> None:
    assert read_spec("Overworld/waypoint-1.5", {"temporal_compression": value}).sub_frames == 4


@pytest.mark.parametrize(
    ("said", "has"), [(None, False), (False, False), ("none", False), ("umt5", True), (True, True)]
)
def test_prompt_conditioning_is_read(said: object, *, has: bool) -> None:
    assert read_spec("Overworld/waypoint-1", {"prompt_conditioning": said}).has_prompt_conditioning is has


def test_only_single_frame_models_have_a_limit_of_context() -> None:
    assert context_limit_frames(read_spec("Overworld/waypoint-1", {})) == 4094
    assert context_limit_frames(read_spec("Overworld/waypoint-1.5", {})) is None

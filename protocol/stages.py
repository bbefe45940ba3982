"""The stages a client shows while it waits. A label holds until the next one; there are no "done" stages."""

from enum import StrEnum


class Stage(StrEnum):
    """Every `stage` of a `status` push, in the order in which a first session passes them."""

    STARTUP_BEGIN = "startup.begin"
    STARTUP_WORLD_ENGINE_MANAGER = "startup.world_engine_manager"
    STARTUP_SAFETY_CHECKER = "startup.safety_checker"
    STARTUP_SAFETY_READY = "startup.safety_ready"
    STARTUP_READY = "startup.ready"
    WAITING_FOR_SEED = "session.waiting_for_seed"
    LOADING_MODEL_LOAD = "session.loading_model.load"
    LOADING_MODEL_INSTANTIATE = "session.loading_model.instantiate"
    WARMUP_RESET = "session.warmup.reset"
    WARMUP_SEED = "session.warmup.seed"
    WARMUP_COMPILE = "session.warmup.compile"
    SCENE_AUTHORING_LOAD = "session.scene_authoring.load"
    INIT_RESET = "session.init.reset"
    INIT_SEED = "session.init.seed"
    INIT_FRAME = "session.init.frame"
    RESET = "session.reset"
    """The world recovered from a device error and starts again from its seed."""
    READY = "session.ready"

"""Every name that both sides spell the same. If this fails, fix the change, not the test."""

import pytest

from protocol.client import EngineBackend, Quant
from protocol.errors import MessageId
from protocol.keymap import BUTTON_CODES, button_codes
from protocol.stages import Stage
from protocol.version import PROTOCOL_VERSION, Feature, parse_features, speaks_our_version


def test_version() -> None:
    assert PROTOCOL_VERSION == 5


def test_stages() -> None:
    assert [stage.value for stage in Stage] == [
        "startup.begin",
        "startup.world_engine_manager",
        "startup.safety_checker",
        "startup.safety_ready",
        "startup.ready",
        "session.waiting_for_seed",
        "session.loading_model.load",
        "session.loading_model.instantiate",
        "session.warmup.reset",
        "session.warmup.seed",
        "session.warmup.compile",
        "session.scene_authoring.load",
        "session.init.reset",
        "session.init.seed",
        "session.init.frame",
        "session.reset",
        "session.ready",
    ]


def test_message_ids_that_every_client_knows() -> None:
    assert {message_id.value for message_id in MessageId} - EXTENSION_MESSAGE_IDS == {
        "app.server.error.protocolVersionMismatch",
        "app.server.error.serverBusy",
        "app.server.error.serverStartupFailed",
        "app.server.error.timeoutWaitingForSeed",
        "app.server.error.initFailed",
        "app.server.error.quantUnsupportedGpu",
        "app.server.error.sceneAuthoringModelLoadFailed",
        "app.server.error.sceneAuthoringEmptyPrompt",
        "app.server.error.sceneAuthoringModelNotLoaded",
        "app.server.error.sceneAuthoringAlreadyInProgress",
        "app.server.error.sceneEditSafetyRejected",
        "app.server.error.generateSceneSafetyRejected",
        "app.server.error.deviceRecoveryFailed",
        "app.server.warning.missingSeedData",
        "app.server.warning.invalidSeedData",
        "app.server.warning.seedUnsafe",
        "app.server.warning.seedSafetyCheckFailed",
        "app.server.warning.seedLoadFailed",
    }


EXTENSION_MESSAGE_IDS = {"app.server.warning.recordingFailed", "app.server.error.idleTooLong"}
"""Only for a client that asked for the extension: a plain one drops what it does not know."""


def test_message_ids_of_extensions() -> None:
    assert {message_id.value for message_id in MessageId} >= EXTENSION_MESSAGE_IDS


def test_the_closed_enums_of_the_configuration() -> None:
    assert [quant.value for quant in Quant] == ["fp8w8a8", "intw8a8"]
    assert [backend.value for backend in EngineBackend] == ["world_engine", "quark"]


@pytest.mark.parametrize("claimed", ["5", "05"])
def test_our_version_in_the_url_is_ours(claimed: str) -> None:
    assert speaks_our_version(claimed)


@pytest.mark.parametrize(
    "claimed", [None, "", "4", "6", "50", "5.0", "5_0", "-5", "+5", " 5", "v5", "\u0665", "5" * 5000]
)
def test_any_other_version_is_not_ours(claimed: str | None) -> None:
    assert not speaks_our_version(claimed)


def test_features_are_named_in_the_url_and_unknown_ones_are_ignored() -> None:
    assert [feature.value for feature in Feature] == ["recording_status", "idle_limit"]
    assert parse_features("recording_status") == {Feature.RECORDING_STATUS}
    assert parse_features("telepathy, recording_status,,") == {Feature.RECORDING_STATUS}


@pytest.mark.parametrize("text", [None, "", ",", "telepathy", "RECORDING_STATUS", "recording_status;x"])
def test_extensions_are_off_until_a_client_asks(text: str | None) -> None:
    assert parse_features(text) == frozenset()


def test_button_codes() -> None:
    letters = {chr(code): code for code in range(65, 91)}
    digits = {chr(code): code for code in range(48, 58)}
    others = {
        "UP": 0x26,
        "DOWN": 0x28,
        "LEFT": 0x25,
        "RIGHT": 0x27,
        "SHIFT": 0x10,
        "CTRL": 0x11,
        "SPACE": 0x20,
        "TAB": 0x09,
        "ENTER": 0x0D,
        "MOUSE_LEFT": 0x01,
        "MOUSE_RIGHT": 0x02,
        "MOUSE_MIDDLE": 0x04,
    }
    assert letters | digits | others == BUTTON_CODES


def test_button_names_are_case_insensitive_and_unknown_ones_are_ignored() -> None:
    assert button_codes(["w", "W", "Shift", "mouse_left", "F13", "", " w"]) == {0x57, 0x10, 0x01}

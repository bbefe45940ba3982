"""What the server sends as JSON, letter by letter. If this fails, fix the change, not the test."""

import pytest

from protocol.errors import MessageId
from protocol.server import (
    CheckSeedSafetyResponseData,
    ErrorPush,
    FailureResponse,
    GenerateSceneResponseData,
    InitResponseData,
    LogPush,
    PackageVersion,
    SceneEditResponseData,
    ServerMessage,
    Snapshot,
    StatusPush,
    SuccessResponse,
    SystemInfo,
    SystemInfoPush,
    WarningPush,
)
from protocol.stages import Stage
from scripts.wire_events import decode_event

CASES = [
    pytest.param('{"type":"status","stage":"session.ready"}', StatusPush(stage=Stage.READY), id="status"),
    pytest.param(
        '{"type":"status","stage":"startup.begin","message":"Starting"}',
        StatusPush(stage=Stage.STARTUP_BEGIN, message="Starting"),
        id="status with a message",
    ),
    pytest.param(
        '{"torch_version":"2.13.0","gpu_count":0,"type":"system_info"}',
        SystemInfoPush(torch_version="2.13.0"),
        id="system_info of a plain machine",
    ),
    pytest.param(
        '{"cpu_name":"C","gpu_name":"G","vram_total_bytes":25769803776,"runtime_version":"12.8","driver_version":"570",'
        '"torch_version":"2.13.0","gpu_count":1,"world_engine":{"version":"1.0","commit":"abc"},"quark":{"commit":"d"},'
        '"type":"system_info"}',
        SystemInfoPush(
            cpu_name="C",
            gpu_name="G",
            vram_total_bytes=24 * 2**30,
            runtime_version="12.8",
            driver_version="570",
            torch_version="2.13.0",
            gpu_count=1,
            world_engine=PackageVersion(version="1.0", commit="abc"),
            quark=PackageVersion(commit="d"),
        ),
        id="system_info",
    ),
    pytest.param('{"type":"error","message":"raw"}', ErrorPush(message="raw"), id="error with raw text"),
    pytest.param(
        '{"type":"error","message_id":"app.server.error.protocolVersionMismatch",'
        '"params":{"client":"unknown","server":"5"}}',
        ErrorPush(message_id=MessageId.PROTOCOL_VERSION_MISMATCH, params={"client": "unknown", "server": "5"}),
        id="error of another version",
    ),
    pytest.param(
        '{"type":"error","message_id":"app.server.error.deviceRecoveryFailed","message":"m","snapshot":'
        '{"process_rss_bytes":1,"ram_used_bytes":2,"ram_total_bytes":3,"vram_used_bytes":4,"vram_reserved_bytes":5,'
        '"gpu_util_percent":6.5}}',
        ErrorPush(
            message_id=MessageId.DEVICE_RECOVERY_FAILED,
            message="m",
            snapshot=Snapshot(
                process_rss_bytes=1,
                ram_used_bytes=2,
                ram_total_bytes=3,
                vram_used_bytes=4,
                vram_reserved_bytes=5,
                gpu_util_percent=6.5,
            ),
        ),
        id="error with a snapshot",
    ),
    pytest.param(
        '{"type":"error","message_id":"app.server.error.serverBusy","snapshot":{}}',
        ErrorPush(message_id=MessageId.SERVER_BUSY, snapshot=Snapshot()),
        id="error with an empty snapshot",
    ),
    pytest.param(
        '{"type":"warning","message_id":"app.server.warning.seedUnsafe"}',
        WarningPush(message_id=MessageId.SEED_UNSAFE),
        id="warning",
    ),
    pytest.param(
        '{"type":"warning","message_id":"app.server.warning.invalidSeedData","message":"m","params":{"k":"v"}}',
        WarningPush(message_id=MessageId.INVALID_SEED_DATA, message="m", params={"k": "v"}),
        id="warning with everything",
    ),
    pytest.param('{"type":"log","event":"e","level":"info"}', LogPush(event="e"), id="log"),
    pytest.param(
        '{"type":"log","event":"e","level":"error","logger":"l","timestamp":"2026-01-02T03:04:05Z","exception":"x",'
        '"fields":{"s":"t","i":1,"f":1.5,"b":true}}',
        LogPush(
            event="e",
            level="error",
            logger="l",
            timestamp="2026-01-02T03:04:05Z",
            exception="x",
            fields={"s": "t", "i": 1, "f": 1.5, "b": True},
        ),
        id="log with everything",
    ),
    pytest.param(
        '{"type":"response","req_id":"1","success":true,"data":{"model":"m","inference_fps":60,'
        '"system_info":{"torch_version":"2.13.0","gpu_count":0}}}',
        SuccessResponse(
            req_id="1",
            data=InitResponseData(model="m", inference_fps=60, system_info=SystemInfo(torch_version="2.13.0")),
        ),
        id="reply to init",
    ),
    pytest.param(
        '{"type":"response","req_id":"2","success":true,"data":{"original_jpeg_b64":"a","preview_jpeg_b64":"b",'
        '"edit_prompt":"c"}}',
        SuccessResponse(
            req_id="2", data=SceneEditResponseData(original_jpeg_b64="a", preview_jpeg_b64="b", edit_prompt="c")
        ),
        id="reply to scene_edit",
    ),
    pytest.param(
        '{"type":"response","req_id":"3","success":true,"data":{"elapsed_ms":12.5,"image_jpeg_base64":"a",'
        '"user_prompt":"b","sanitized_prompt":"c","image_model":"d"}}',
        SuccessResponse(
            req_id="3",
            data=GenerateSceneResponseData(
                elapsed_ms=12.5, image_jpeg_base64="a", user_prompt="b", sanitized_prompt="c", image_model="d"
            ),
        ),
        id="reply to generate_scene",
    ),
    pytest.param(
        '{"type":"response","req_id":"4","success":true,"data":{"is_safe":false,"hash":"00ff"}}',
        SuccessResponse(req_id="4", data=CheckSeedSafetyResponseData(is_safe=False, hash="00ff")),
        id="reply to check_seed_safety",
    ),
    pytest.param(
        '{"type":"response","req_id":"5","success":false,"error_id":"app.server.error.initFailed"}',
        FailureResponse(req_id="5", error_id=MessageId.INIT_FAILED),
        id="failure with an id",
    ),
    pytest.param(
        '{"type":"response","req_id":"6","success":false,"error":"raw"}',
        FailureResponse(req_id="6", error="raw"),
        id="failure with raw text",
    ),
]


@pytest.mark.parametrize(("text", "message"), CASES)
def test_message_is_written_as_the_text(text: str, message: ServerMessage) -> None:
    assert message.to_json() == text


@pytest.mark.parametrize(("text", "message"), CASES)
def test_text_is_read_as_the_message(text: str, message: ServerMessage) -> None:
    assert decode_event(text) == message

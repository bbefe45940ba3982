"""Everything that can go wrong, as one tree.

    BiomeError
    ├── ClientError                       the client sent something that it should not have
    │   ├── ProtocolVersionError          another version of the contract        error.protocolVersionMismatch
    │   ├── InvalidMessageError           not JSON, unknown type, wrong field    raw text
    │   ├── RequestRefusedError           valid, but not now                     raw text, or as given
    │   ├── SeedTimeoutError              no seed within the waiting time        error.timeoutWaitingForSeed
    │   ├── IdleTooLongError              nobody has touched anything            error.idleTooLong
    │   ├── InitFailedError               an `init` from which no seed results   error.initFailed
    │   ├── SeedError                     why there is no seed, as a warning:
    │   │   ├── MissingSeedError          none came along                        warning.missingSeedData
    │   │   ├── InvalidSeedError          not base64, not an image, too large    warning.invalidSeedData
    │   │   │   └── InvalidImageError     raised where bytes become pixels       warning.invalidSeedData
    │   │   └── UnsafeSeedError           the safety checker refused it          warning.seedUnsafe
    │   └── SceneRequestError             a scene request that cannot be met
    │       ├── EmptyPromptError          no words                               error.sceneAuthoringEmptyPrompt
    │       ├── AuthoringBusyError        one is running already                 error.sceneAuthoringAlreadyInProgress
    │       ├── SceneEditRejectedError    refused by author or checker           error.sceneEditSafetyRejected
    │       └── SceneRejectedError        refused by author or checker           error.generateSceneSafetyRejected
    ├── HostError                         this installation cannot do it
    │   ├── ServerBusyError               every world replica is taken           error.serverBusy
    │   ├── ModelUnavailableError         this host cannot run that model        raw text
    │   ├── QuantUnsupportedError         the GPU lacks that quantisation        error.quantUnsupportedGpu
    │   ├── AuthoringNotLoadedError       scene authoring is off or not there    error.sceneAuthoringModelNotLoaded
    │   └── AuthoringLoadError            its models could not be loaded         error.sceneAuthoringModelLoadFailed
    └── ServerError                       a part of the server failed
        ├── StartupError                  a deployment did not come up           error.serverStartupFailed
        ├── ReplicaLostError              the world's replica or link died       error.deviceRecoveryFailed
        ├── DeviceLostError               a device error outlived the recovery   error.deviceRecoveryFailed
        ├── SeedCheckError                the safety checker did not answer      warning.seedSafetyCheckFailed
        └── SeedLoadError                 the engine did not take the seed       warning.seedLoadFailed

Code raises; the session's edge turns an error into a push or a reply. An error that crossed a link is a
`RemoteError`: it carries the same facts, without the class.
"""

from enum import StrEnum
from typing import ClassVar


class MessageId(StrEnum):
    """What a client translates for its user."""

    PROTOCOL_VERSION_MISMATCH = "app.server.error.protocolVersionMismatch"
    SERVER_BUSY = "app.server.error.serverBusy"
    SERVER_STARTUP_FAILED = "app.server.error.serverStartupFailed"
    TIMEOUT_WAITING_FOR_SEED = "app.server.error.timeoutWaitingForSeed"
    IDLE_TOO_LONG = "app.server.error.idleTooLong"
    """Extension `idle_limit` only."""
    INIT_FAILED = "app.server.error.initFailed"
    QUANT_UNSUPPORTED_GPU = "app.server.error.quantUnsupportedGpu"
    SCENE_AUTHORING_MODEL_LOAD_FAILED = "app.server.error.sceneAuthoringModelLoadFailed"
    SCENE_AUTHORING_EMPTY_PROMPT = "app.server.error.sceneAuthoringEmptyPrompt"
    SCENE_AUTHORING_MODEL_NOT_LOADED = "app.server.error.sceneAuthoringModelNotLoaded"
    SCENE_AUTHORING_ALREADY_IN_PROGRESS = "app.server.error.sceneAuthoringAlreadyInProgress"
    SCENE_EDIT_SAFETY_REJECTED = "app.server.error.sceneEditSafetyRejected"
    GENERATE_SCENE_SAFETY_REJECTED = "app.server.error.generateSceneSafetyRejected"
    DEVICE_RECOVERY_FAILED = "app.server.error.deviceRecoveryFailed"
    MISSING_SEED_DATA = "app.server.warning.missingSeedData"
    INVALID_SEED_DATA = "app.server.warning.invalidSeedData"
    SEED_UNSAFE = "app.server.warning.seedUnsafe"
    SEED_SAFETY_CHECK_FAILED = "app.server.warning.seedSafetyCheckFailed"
    SEED_LOAD_FAILED = "app.server.warning.seedLoadFailed"
    RECORDING_FAILED = "app.server.warning.recordingFailed"
    """Extension `recording_status` only."""


class Fault(StrEnum):
    """Who can do something about it."""

    CLIENT = "client"
    HOST = "host"
    SERVER = "server"


class BiomeError(Exception):
    """Root of the tree. `str(error)` is one sentence for a person; `params` fills the client's translation."""

    fault: ClassVar[Fault] = Fault.SERVER
    default_message_id: ClassVar[MessageId | None] = None
    sentence: ClassVar[str] = "something went wrong"
    """What is said when there is nothing more to say."""

    def __init__(self, message: str | None = None, *, params: dict[str, str] | None = None) -> None:
        super().__init__(message or self.sentence)
        self.message = message or self.sentence
        self.params = params

    @property
    def message_id(self) -> MessageId | None:
        """The id that the client translates; None means that the raw text is all there is."""
        return self.default_message_id

    @property
    def is_warning(self) -> bool:
        """Whether a client is told by a `warning` push instead of an `error`."""
        return self.message_id is not None and ".warning." in self.message_id


class ClientError(BiomeError):
    """The client sent something that it should not have."""

    fault = Fault.CLIENT


class HostError(BiomeError):
    """This installation cannot do it; another one, or another configuration, could."""

    fault = Fault.HOST


class ServerError(BiomeError):
    """A part of the server failed."""

    fault = Fault.SERVER


class ProtocolVersionError(ClientError):
    """The client speaks another version of the contract, or did not say."""

    default_message_id = MessageId.PROTOCOL_VERSION_MISMATCH


class InvalidMessageError(ClientError):
    """A text frame that is no valid message. `req_id` is set when a reply can still be addressed."""

    def __init__(self, message: str, *, req_id: str | None = None) -> None:
        super().__init__(message)
        self.req_id = req_id


class RequestRefusedError(ClientError):
    """A valid request that cannot be taken now, such as one too many."""


class SeedTimeoutError(ClientError):
    """No seed arrived within the waiting time."""

    default_message_id = MessageId.TIMEOUT_WAITING_FOR_SEED


class IdleTooLongError(ClientError):
    """A player held a world without doing anything, where there is a limit to that."""

    default_message_id = MessageId.IDLE_TOO_LONG


class InitFailedError(ClientError):
    """An `init` from which no seed results, or a request that needs a world before there is one."""

    default_message_id = MessageId.INIT_FAILED
    sentence = "there is no world yet"


class SeedError(ClientError):
    """Why there is no seed; told as a warning, the session goes on."""


class MissingSeedError(SeedError):
    """An `init` without a seed while the world has none."""

    default_message_id = MessageId.MISSING_SEED_DATA
    sentence = "no seed came along, and the world has none"


class InvalidSeedError(SeedError):
    """A seed that is not base64, not an image of a known kind, or too large."""

    default_message_id = MessageId.INVALID_SEED_DATA


class ImageDefect(StrEnum):
    """What is wrong with a picture, as the end of a sentence."""

    EMPTY = "is empty"
    NOT_BASE64 = "is not valid base64"
    TOO_MANY_BYTES = "has too many bytes"
    TOO_MANY_PIXELS = "has too many pixels"
    UNKNOWN_FORMAT = "is not a PNG, JPEG or WebP file"
    ANIMATED = "is animated, and only still pictures are accepted"
    DAMAGED = "is damaged"


class InvalidImageError(InvalidSeedError):
    """Text or bytes from outside that do not become a picture."""

    def __init__(self, defect: ImageDefect, detail: str = "") -> None:
        super().__init__(f"the image {defect.value}: {detail}" if detail else f"the image {defect.value}")
        self.defect = defect
        self.detail = detail

    def __reduce__(self) -> tuple[type["InvalidImageError"], tuple[ImageDefect, str]]:
        """Survive the way from one process to another."""
        return InvalidImageError, (self.defect, self.detail)


class UnsafeSeedError(SeedError):
    """The safety checker refused the seed."""

    default_message_id = MessageId.SEED_UNSAFE


class SceneRequestError(ClientError):
    """A scene request that cannot be met."""


class EmptyPromptError(SceneRequestError):
    """A scene request without words."""

    default_message_id = MessageId.SCENE_AUTHORING_EMPTY_PROMPT
    sentence = "the prompt has no words"


class AuthoringBusyError(SceneRequestError):
    """A scene request while another one runs."""

    default_message_id = MessageId.SCENE_AUTHORING_ALREADY_IN_PROGRESS
    sentence = "a scene request is running already"


class SceneEditRejectedError(SceneRequestError):
    """The author or the safety checker refused a scene edit."""

    default_message_id = MessageId.SCENE_EDIT_SAFETY_REJECTED


class SceneRejectedError(SceneRequestError):
    """The author or the safety checker refused a generated scene."""

    default_message_id = MessageId.GENERATE_SCENE_SAFETY_REJECTED


class ServerBusyError(HostError):
    """Every world replica is taken."""

    default_message_id = MessageId.SERVER_BUSY
    sentence = "every world replica is taken"


class ModelUnavailableError(HostError):
    """This host cannot run that model; the message says why and which ones it can."""


class QuantUnsupportedError(HostError):
    """The GPU lacks that quantisation."""

    default_message_id = MessageId.QUANT_UNSUPPORTED_GPU


class AuthoringNotLoadedError(HostError):
    """Scene authoring is off, or this server has none."""

    default_message_id = MessageId.SCENE_AUTHORING_MODEL_NOT_LOADED
    sentence = "scene authoring is off, or this server has none"


class AuthoringLoadError(HostError):
    """The models of scene authoring could not be loaded."""

    default_message_id = MessageId.SCENE_AUTHORING_MODEL_LOAD_FAILED


class StartupError(ServerError):
    """A deployment did not come up."""

    default_message_id = MessageId.SERVER_STARTUP_FAILED


class ReplicaLostError(ServerError):
    """The replica that held the world, or the link to it, died."""

    default_message_id = MessageId.DEVICE_RECOVERY_FAILED
    sentence = "the replica that held the world is gone"


class DeviceLostError(ServerError):
    """A device error outlived the recovery."""

    default_message_id = MessageId.DEVICE_RECOVERY_FAILED
    sentence = "the device failed and did not recover"


class SeedCheckError(ServerError):
    """The safety checker did not answer; the seed counts as unsafe."""

    default_message_id = MessageId.SEED_SAFETY_CHECK_FAILED
    sentence = "the safety checker did not answer"


class SeedLoadError(ServerError):
    """The engine did not take the seed."""

    default_message_id = MessageId.SEED_LOAD_FAILED


class RemoteError(BiomeError):
    """An error that another process of ours reported over a link."""

    def __init__(
        self, message: str, *, message_id: MessageId | None = None, params: dict[str, str] | None = None
    ) -> None:
        super().__init__(message, params=params)
        self._message_id = message_id

    @property
    def message_id(self) -> MessageId | None:
        """The id given by the process that raised it."""
        return self._message_id

"""Which data answers which request.

Owns the pairing, from which the TypeScript client's request map is generated. The shapes are in `client` and `server`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from protocol.client import CheckSeedSafety, GenerateScene, Init, Request, SceneEdit
from protocol.server import (
    CheckSeedSafetyResponseData,
    GenerateSceneResponseData,
    InitResponseData,
    ResponseData,
    SceneEditResponseData,
)

RESPONSE_DATA: Final[Mapping[type[Request], type[ResponseData]]] = MappingProxyType(
    {
        Init: InitResponseData,
        SceneEdit: SceneEditResponseData,
        GenerateScene: GenerateSceneResponseData,
        CheckSeedSafety: CheckSeedSafetyResponseData,
    }
)
"""The `data` of the reply to each request that succeeded."""

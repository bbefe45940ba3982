"""The WorldModel deployment: one replica, one device, one session at a time.

A session is one streaming request: `lease` yields where the link listens, then lives until the session ends. Serve's
`max_ongoing_requests: 1` makes it exclusive. What a session does is in `world`.
"""

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import ray
import structlog
from ray import serve

from deployments.images import encode_jpeg
from deployments.link import LinkServer
from deployments.logs import configure_logs, tap_session
from deployments.system_info import read_system_info, take_snapshot
from deployments.world_model.device_thread import DeviceThread
from deployments.world_model.encoder import JpegEncoder
from deployments.world_model.engine import EngineRequest
from deployments.world_model.engines.catalog import load_engine
from deployments.world_model.holder import EngineHolder
from deployments.world_model.metrics import WorldMetrics
from deployments.world_model.world import World, WorldParts
from protocol.link import WORLD_COMMANDS, WORLD_FACTS, LeaseGrant, SessionId

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from configs.world_model import WorldModelConfig

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

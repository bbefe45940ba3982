"""The smallest application that the launcher can launch: one front door, and what it was told."""

import os
from typing import TYPE_CHECKING, Any

from ray import serve
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from configs.app import AppConfig
from deployments.logs import configure_logs
from protocol.http import Capabilities, HealthResponse, SafetyHealth, WorldEngineHealth
from serve_app import transport
from serve_app.launcher.link import request_shutdown

if TYPE_CHECKING:
    from ray.serve import Application
    from starlette.requests import Request


class FrontDoor:
    """Answers, and remembers nothing."""

    def __init__(self, config: AppConfig) -> None:
        configure_logs("front_door")
        transport.install(config.ingress)

    async def drain(self) -> None:
        """There are no sessions to end."""


async def health(_request: "Request") -> Response:
    """Always up."""
    body = HealthResponse(
        startup_complete=True,
        world_engine=WorldEngineHealth(loaded=False, warmed_up=False, has_seed=False),
        safety=SafetyHealth(loaded=False),
        capabilities=Capabilities(backends=(), quants={}),
        launched_from_standalone=False,
    )
    return Response(body.to_json(), media_type="application/json")


async def who(_request: "Request") -> Response:
    """The process that answers."""
    return JSONResponse({"pid": os.getpid()})


async def shutdown(_request: "Request") -> Response:
    """Ask the launcher to end everything."""
    return JSONResponse({"asked": request_shutdown()})


def build_app(args: dict[str, Any]) -> "Application":
    """One deployment behind three routes."""
    web = Starlette(
        routes=[Route("/health", health), Route("/who", who), Route("/shutdown", shutdown, methods=["POST"])]
    )
    config = AppConfig.model_validate(args)
    return serve.deployment(serve.ingress(web)(FrontDoor), name="FrontDoor").bind(config)

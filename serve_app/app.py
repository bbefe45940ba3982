"""The application graph: one function from settings to bound deployments."""

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from ray import serve
from ray.serve.exceptions import RayServeException

from configs.app import AppConfig
from configs.serve_file import describe
from deployments.recorder.deployment import Recorder
from deployments.safety_checker.deployment import SafetyChecker
from deployments.scene_authoring.image_editor import ImageEditor
from deployments.scene_authoring.prompt_author import PromptAuthor
from deployments.world_model.deployment import WorldModel
from serve_app.ingress import Ingress, this_ingress
from serve_app.launcher.link import request_shutdown
from serve_app.routes import build_web_app

if TYPE_CHECKING:
    from ray.serve import Application
    from starlette.applications import Starlette


class SettingsError(RayServeException):
    """The file's `args` cannot be used. `serve status` shows exceptions of this kind without a traceback."""


def build_app(args: dict[str, Any]) -> "Application":
    """The graph of DESIGN, from the `args` of the Serve YAML. Raises SettingsError: all that is wrong, on one line.

    What is set here holds for every profile; counts, resources and autoscaling stand in the YAML.
    """
    try:
        config = AppConfig.model_validate(args)
    except ValidationError as error:
        refusal = f"args: {describe(error)}"
        raise SettingsError(refusal) from None
    world = serve.deployment(WorldModel, name="WorldModel", max_ongoing_requests=1).bind(config.world_model)
    safety = serve.deployment(SafetyChecker, name="SafetyChecker").bind(config.safety, config.data_dir)
    recorder = serve.deployment(Recorder, name="Recorder").bind(config.recorder, config.data_dir)
    author = serve.deployment(PromptAuthor, name="PromptAuthor").bind(config.prompt_author)
    editor = serve.deployment(ImageEditor, name="ImageEditor").bind(config.image_editor)

    def web_app() -> "Starlette":
        return build_web_app(config, this_ingress, request_shutdown)

    web = serve.ingress(web_app)(Ingress)
    return serve.deployment(web, name="Ingress").bind(config, world, safety, recorder, author, editor)

"""Colours of things: what a look asks for, else the usual."""

from deployments.scene_authoring.procedural.grading import COLOURS
from deployments.scene_authoring.procedural.plan import Look
from deployments.scene_authoring.procedural.raster import Rgb
from deployments.scene_authoring.procedural.tools import MATERIALS


def colour_of(look: Look, usual: Rgb) -> Rgb:
    """The colour that a look asks for, else `usual`."""
    if look.colour:
        return COLOURS[look.colour]
    return MATERIALS[look.material] if look.material and look.material in MATERIALS else usual

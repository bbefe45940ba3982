"""Procedural worlds, ray-cast: exact pictures and distances from any pose, to train the pocket model on."""

from scripts.pocket.worlds.kinds import RECIPES
from scripts.pocket.worlds.world import World, make_world

__all__ = ["RECIPES", "World", "make_world"]

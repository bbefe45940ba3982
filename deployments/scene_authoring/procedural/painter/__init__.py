"""Scene generation: a small deferred renderer and the places it knows."""

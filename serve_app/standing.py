"""What this ingress knows of its world replicas, from the sessions that run through it.

A leased replica takes no other request, so `/health` reports what was last heard instead of asking.
"""

from protocol.http import WorldEngineHealth


class Standing:
    """The latest word of any replica. With several replicas it is about whichever spoke last."""

    def __init__(self, *, is_preloaded: bool) -> None:
        self._is_loaded = is_preloaded
        self._is_warm = False
        self._has_seed = False

    def model_held(self, *, is_new: bool) -> None:
        """A replica holds a model; a new one is cold and has no seed."""
        self._is_loaded = True
        if is_new:
            self._is_warm = self._has_seed = False

    def seeded(self) -> None:
        """A world stands at a seed, so its engine is warm."""
        self._is_warm = self._has_seed = True

    def released(self) -> None:
        """A session ended: the model stays, the seed does not."""
        self._has_seed = False

    def lost(self) -> None:
        """A replica died; its successor holds nothing."""
        self._is_loaded = self._is_warm = self._has_seed = False

    def health(self) -> WorldEngineHealth:
        """As `/health` says it."""
        return WorldEngineHealth(loaded=self._is_loaded, warmed_up=self._is_warm, has_seed=self._has_seed)

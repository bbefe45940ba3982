"""What this ingress knows of its world replicas: from their settings, and from the sessions that run through it.

A leased replica takes no other request, so `/health` reports what was last heard instead of asking. Whether there is
a replica at all is `startup`'s to say.
"""

from protocol.http import WorldEngineHealth


class Standing:
    """The latest word of any replica. With several replicas it is about whichever spoke last."""

    def __init__(self, *, has_preload: bool) -> None:
        self._has_preload = has_preload
        self._holds: bool | None = None
        """Whether it holds a model; None while no session has told, so that it holds what it loaded at its start."""
        self._is_warm = False
        self._has_seed = False

    def model_held(self, *, is_new: bool) -> None:
        """A replica holds a model; a new one is cold and has no seed."""
        self._holds = True
        if is_new:
            self._is_warm = self._has_seed = False

    def load_failed(self) -> None:
        """A replica gave its model up for another one, which could not be loaded."""
        self._holds = self._is_warm = self._has_seed = False

    def seeded(self) -> None:
        """A world stands at a seed, so its engine is warm."""
        self._is_warm = self._has_seed = True

    def released(self) -> None:
        """A session ended: the model stays, the seed does not."""
        self._has_seed = False

    def lost(self) -> None:
        """A replica died; its successor loads what every replica loads at its start."""
        self._holds = None
        self._is_warm = self._has_seed = False

    def health(self, *, is_up: bool) -> WorldEngineHealth:
        """As `/health` says it. `is_up`: a world replica came up, which none does without its preload."""
        is_loaded = is_up and self._has_preload if self._holds is None else self._holds
        return WorldEngineHealth(loaded=is_loaded, warmed_up=self._is_warm, has_seed=self._has_seed)

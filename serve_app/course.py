"""Where a session is, and what follows from getting there by itself.

Owns the present phase. The rules are the tables of `phases`; the waiting for a seed is timed by `seed_clock`,
that for a player by `idle_clock`.
"""

from typing import TYPE_CHECKING

from protocol.server import StatusPush
from protocol.stages import Stage
from serve_app.phases import Event, Phase, next_phase

if TYPE_CHECKING:
    from serve_app.answers import Post
    from serve_app.idle_clock import IdleClock
    from serve_app.seed_clock import SeedClock


class Course:
    """The phase of one session. Tells the client when a seed is waited for."""

    def __init__(self, seed_clock: "SeedClock", idle_clock: "IdleClock", post: "Post") -> None:
        self._seed_clock = seed_clock
        self._idle_clock = idle_clock
        self._post = post
        self._phase = Phase.STARTING

    @property
    def phase(self) -> Phase:
        """Where the session is."""
        return self._phase

    def move(self, event: Event) -> None:
        """Something happened. Raises IllegalMoveError when it cannot, in this phase."""
        self._phase = next_phase(self._phase, event)
        self._seed_clock.entered(self._phase)
        self._idle_clock.entered(self._phase)
        if self._phase is Phase.WAITING_FOR_SEED:
            self._post(StatusPush(stage=Stage.WAITING_FOR_SEED))

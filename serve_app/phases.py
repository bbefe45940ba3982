"""The phases of a session, and what each of them lets a client do.

Owns the rules, as tables. Sockets, links and waiting are the session's.
"""

from enum import Enum, auto
from typing import Final

from protocol.client import (
    CheckSeedSafety,
    ClientMessage,
    Control,
    GenerateScene,
    Init,
    Pause,
    Prompt,
    Reset,
    Resume,
    SceneEdit,
)


class Phase(Enum):
    """Where a session is."""

    STARTING = auto()
    """The server's parts come up, or a replica is being found."""
    WAITING_FOR_SEED = auto()
    """A replica is ours; the client has a limited time to send an `init` that yields a seed."""
    INITIALISING = auto()
    """Such an `init` is being worked on."""
    PLAYING = auto()
    """The world runs. A further `init` re-configures it and is no phase of its own, so a pause outlives it."""
    PAUSED = auto()
    ENDED = auto()


class Event(Enum):
    """What moves a session from one phase to another."""

    REPLICA_READY = auto()
    INIT_BEGAN = auto()
    INIT_FAILED = auto()
    SEEDED = auto()
    """The world stands at its first seed."""
    SEED_DROPPED = auto()
    """Another model was loaded into a running world, and no seed came along."""
    PAUSED = auto()
    RESUMED = auto()
    ENDED = auto()


MOVES: Final[dict[tuple[Phase, Event], Phase]] = {
    (Phase.STARTING, Event.REPLICA_READY): Phase.WAITING_FOR_SEED,
    (Phase.WAITING_FOR_SEED, Event.INIT_BEGAN): Phase.INITIALISING,
    (Phase.INITIALISING, Event.INIT_FAILED): Phase.WAITING_FOR_SEED,
    (Phase.INITIALISING, Event.SEEDED): Phase.PLAYING,
    (Phase.PLAYING, Event.SEED_DROPPED): Phase.WAITING_FOR_SEED,
    (Phase.PLAYING, Event.PAUSED): Phase.PAUSED,
    (Phase.PAUSED, Event.SEED_DROPPED): Phase.WAITING_FOR_SEED,
    (Phase.PAUSED, Event.RESUMED): Phase.PLAYING,
    **{(phase, Event.ENDED): Phase.ENDED for phase in Phase},
}
"""Every legal move. An event that has no row here for the present phase is a defect of the session."""

WITH_A_WORLD: Final = frozenset({Phase.PLAYING, Phase.PAUSED})


class Admission(Enum):
    """What becomes of a valid message."""

    HANDLE = auto()
    IGNORE = auto()
    """Too early, or without effect; logged."""
    REFUSE = auto()
    """A request that needs a world: the reply is `initFailed`."""


def next_phase(phase: Phase, event: Event) -> Phase:
    """The phase after `event`. Raises IllegalMoveError when the table has no such move."""
    try:
        return MOVES[phase, event]
    except KeyError:
        raise IllegalMoveError(phase, event) from None


def admit(phase: Phase, message: ClientMessage) -> Admission:
    """What becomes of `message` in `phase`."""
    match message:
        case Init() | CheckSeedSafety():
            return Admission.HANDLE
        case SceneEdit() | GenerateScene():
            return Admission.HANDLE if phase in WITH_A_WORLD else Admission.REFUSE
        case Reset() | Prompt():
            return Admission.HANDLE if phase in WITH_A_WORLD else Admission.IGNORE
        case Control() | Pause():
            return Admission.HANDLE if phase is Phase.PLAYING else Admission.IGNORE
        case Resume():
            return Admission.HANDLE if phase is Phase.PAUSED else Admission.IGNORE


class IllegalMoveError(Exception):
    """An event came in a phase in which it cannot happen."""

    def __init__(self, phase: Phase, event: Event) -> None:
        super().__init__(f"{event.name} in {phase.name}")

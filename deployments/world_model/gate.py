"""The gate that every pass goes through: may it start, when, and on which controls?

Owns the state that decides it: the controls, the credits, the cap, the pause, the engine commands that wait. The event
loop's thread changes it and the device thread goes through it, so each method is one step under one lock. Whether
there is a world to make a pass of is its caller's business; so is waiting.
"""

from threading import Lock
from typing import TYPE_CHECKING

from deployments.world_model.controls import Consumed, ControlMailbox
from deployments.world_model.pacing import Credits, Pace

if TYPE_CHECKING:
    from protocol.link import Steer, WorldSpec


class PassGate:
    """One session's. A pass is one `enter` and, unless it failed, one `sent`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._mailbox = ControlMailbox()
        self._credits = Credits()
        self._caps_fps = True
        self._is_paused = False
        self._is_closed = False
        self._commands_waiting = 0
        self._due_s: float | None = None
        """When the latest pass was due."""

    # --- the event loop's side

    def steer(self, steer: "Steer") -> None:
        """A control came in. While paused it is ignored."""
        with self._lock:
            if not self._is_paused:
                self._mailbox.put(steer)

    def forget_controls(self) -> None:
        """The world is another one now: nothing that came before moves it."""
        with self._lock:
            self._mailbox.clear()

    def pause(self) -> None:
        """No pass starts until `resume`, and no control from before it counts after it."""
        with self._lock:
            self._is_paused = True
            self._mailbox.clear()

    def resume(self) -> None:
        """Passes may start again, at the next control."""
        with self._lock:
            self._is_paused = False

    def set_cap(self, *, caps_fps: bool) -> None:
        """Whether passes keep to the model's frame rate."""
        with self._lock:
            self._caps_fps = caps_fps

    def credit(self, batches: int) -> None:
        """The client's socket took so many batches."""
        with self._lock:
            self._credits.returned(batches)

    def command_came(self) -> None:
        """An engine command waits: it goes first, no pass is made of a world that is about to be reset."""
        with self._lock:
            self._commands_waiting += 1

    def command_done(self) -> None:
        """An engine command is over, well or not."""
        with self._lock:
            self._commands_waiting -= 1

    def close(self) -> None:
        """The session is over: no pass starts any more."""
        with self._lock:
            self._is_closed = True

    def next_start_s(self, spec: "WorldSpec", now_s: float) -> float | None:
        """When a pass of this model may start as things stand; None until something changes."""
        with self._lock:
            return self._next_start_s(spec, now_s)

    # --- the device thread's side

    def enter(self, spec: "WorldSpec", now_s: float) -> Consumed | None:
        """Start a pass: the controls that it consumes, sampled now. None, and nothing consumed, if none may start."""
        with self._lock:
            start_s = self._next_start_s(spec, now_s)
            if start_s is None or start_s > now_s:
                return None
            self._due_s = start_s
            return self._mailbox.take()

    def sent(self) -> None:
        """The pass succeeded, so its batch is out."""
        with self._lock:
            self._credits.sent()

    def _next_start_s(self, spec: "WorldSpec", now_s: float) -> float | None:
        is_shut = self._is_closed or self._is_paused or self._commands_waiting > 0
        if is_shut or not self._mailbox.is_fresh or not self._credits.may_send:
            return None
        pace = Pace(spec.inference_fps if self._caps_fps else 0, spec.sub_frames)
        return pace.next_start_s(self._due_s, now_s)

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager

class Event:
    @property
    def kind(self) -> str: ...

class Listener(ABC):
    @abstractmethod
    def on_start(self, event: Event) -> None: ...
    @abstractmethod
    def on_end(self, event: Event) -> None: ...

def install_listener(kind: str, listener: Listener) -> AbstractContextManager[None]: ...

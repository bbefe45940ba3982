"""Files inside a Qt binary resource (`.rcc`), as GCompris keeps its photographs.

Owns the format, versions 1 to 3 (Qt documentation, "The Qt Resource System"; layout as rcc writes it). Entries that
are compressed are left out: pictures never are.
"""

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC: Final = b"qres"
_DIRECTORY: Final = 2
_STORED: Final = 0


class NotAResourceError(ValueError):
    """The bytes are no Qt resource."""

    def __init__(self) -> None:
        super().__init__("not a Qt resource")


def stored_files(resource: bytes) -> dict[str, bytes]:
    """Contents of the uncompressed files by their path. Raises NotAResourceError."""
    if not resource.startswith(_MAGIC):
        raise NotAResourceError
    version, tree, data, names = struct.unpack_from(">4I", resource, len(_MAGIC))
    node_bytes = 14 if version < 2 else 22

    def name_at(offset: int) -> str:
        (length,) = struct.unpack_from(">H", resource, names + offset)
        start = names + offset + 6
        return resource[start : start + 2 * length].decode("utf-16-be")

    def below(node: int, path: str) -> "Iterator[tuple[str, bytes]]":
        at = tree + node * node_bytes
        name, flags = struct.unpack_from(">IH", resource, at)
        here = f"{path}/{name_at(name)}" if node else ""
        if flags & _DIRECTORY:
            count, first = struct.unpack_from(">2I", resource, at + 6)
            for child in range(first, first + count):
                yield from below(child, here)
        elif flags == _STORED:
            (offset,) = struct.unpack_from(">I", resource, at + 10)
            (length,) = struct.unpack_from(">I", resource, data + offset)
            yield here, resource[data + offset + 4 : data + offset + 4 + length]

    return dict(below(0, ""))

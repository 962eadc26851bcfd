"""What is known of tokens for a short time, so that it need not be found out again."""

from collections import OrderedDict
from typing import Generic, TypeVar

__all__ = ["ShortMemory"]

Value = TypeVar("Value")


class ShortMemory(Generic[Value]):
    """Values by the digests of tokens, each until its time.

    There are at most so many: what was put in first is forgotten for what comes after.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: OrderedDict[bytes, tuple[Value, float]] = OrderedDict()

    def get(self, digest: bytes, now: float) -> Value | None:
        """What is known of a token at this time, if anything is."""
        entry = self._entries.get(digest)
        return entry[0] if entry is not None and now < entry[1] else None

    def put(self, digest: bytes, value: Value, until: float) -> None:
        """Remember something of a token, until a time on the clock of whoever asks."""
        self._entries[digest] = value, until
        self._entries.move_to_end(digest)
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()

"""Connections that nobody uses: how long each rests, and which is used next."""

import math
from collections import deque
from operator import itemgetter
from typing import Final

from contact_gateway.rest_client.http11.exchange import Connection
from contact_gateway.rest_client.http11.unasked import Origin

__all__ = ["REST_SECONDS", "Idle", "Key"]

REST_SECONDS: Final = 0.010
_WATCHED_SECONDS: Final = 0.1
_MOST_WATCHED: Final = 4  # at a time, and at most every fourth

Key = tuple[str, bytes, int | None]
"""Scheme, host with port as in the Host header, and the customer whose data is asked for."""


class Idle:
    """Idle connections by origin and customer; the one that has been idle longest is used first.

    What an upstream sends too late answers nobody if it comes while the connection rests. A few
    rest longer than the others: they show up an upstream that sends something even later, before
    the others can be misled by it. None is used that has been idle for `seconds`, or for as long as
    its upstream allows, or that is to retire. All times are those of one clock, in seconds.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._seconds = seconds
        self._most_watched = min(most // 4, _MOST_WATCHED)
        self._rested: dict[Key, deque[tuple[float, Connection]]] = {}
        self._watched: deque[tuple[float, Connection, Key]] = deque()

    def __len__(self) -> int:
        return len(self._watched) + sum(map(len, self._rested.values()))

    def add(self, key: Key, connection: Connection, now: float, room: int) -> None:
        """Keep a connection that was used until now; one is watched if there is room for more."""
        connection.rest(now, self._seconds)
        if connection.rests_until <= now:
            connection.abort()
            return
        if len(self._watched) < self._most_watched and len(self) + 1 < room:
            self._watched.append((now, connection, key))
            return
        queue = self._rested.get(key)
        if queue is None:
            queue = self._rested[key] = deque()
        queue.append((now, connection))

    def take(self, key: Key, now: float, rest: float = REST_SECONDS) -> Connection | None:
        """One that has rested so long and is open as far as is known, if there is."""
        if self._watched and self._watched[0][0] <= now - _WATCHED_SECONDS:
            self._release(now - _WATCHED_SECONDS)
        queue = self._rested.get(key)
        if not queue:
            return None
        taken = None
        while queue and taken is None:
            since, connection = queue[0]
            if since > now - rest:
                break
            queue.popleft()
            if connection.usable and now < connection.rests_until:
                taken = connection
            else:
                connection.abort()
        if not queue:
            del self._rested[key]
        return taken

    def watch_none(self) -> None:
        """Let all of them be used as soon as they have rested: there is no room for more."""
        self._release(math.inf)

    def take_least_rested(self, key: Key) -> tuple[float, Connection] | None:
        """The one that has been idle longest, and since when, however long that is."""
        queue = self._rested.get(key)
        if not queue:
            return None
        least = queue.popleft()
        if not queue:
            del self._rested[key]
        return least

    def ready_at(self, key: Key) -> float | None:
        """When the next one may be used, if there is one."""
        queue = self._rested.get(key)
        if queue:
            return queue[0][0] + REST_SECONDS
        return next((w[0] + _WATCHED_SECONDS for w in self._watched if w[2] == key), None)

    def has(self, key: Key, now: float) -> bool:
        """Whether there is one that may be used, now or once it has rested."""
        rested = [connection for _, connection in self._rested.get(key, ())]
        watched = [connection for _, connection, whose in self._watched if whose == key]
        return any(
            each.usable and each.silent and now < each.rests_until for each in rested + watched
        )

    def drop_oldest(self) -> None:
        """Close the one that has been idle longest, if there is one."""
        self.watch_none()
        if self._rested:
            key = min(self._rested, key=lambda each: self._rested[each][0][0])
            _, connection = self._rested[key].popleft()
            if not self._rested[key]:
                del self._rested[key]
            connection.abort()

    def drop(self, origin: Origin | None = None) -> None:
        """Close those that lead to one origin, or all."""
        for key in [key for key in self._rested if origin in {None, key[:2]}]:
            for _, connection in self._rested.pop(key):
                connection.abort()
        for each in [each for each in self._watched if origin in {None, each[2][:2]}]:
            self._watched.remove(each)
            each[1].abort()

    def drop_old(self, now: float) -> None:
        """Close what has been idle for too long or is too old, and forget what is closed."""
        self._release(now - _WATCHED_SECONDS)
        for key, queue in list(self._rested.items()):
            for _, connection in queue:
                if connection.rests_until <= now:
                    connection.abort()
            kept = deque(each for each in queue if each[1].usable)
            if kept:
                self._rested[key] = kept
            else:
                del self._rested[key]

    def _release(self, until: float) -> None:
        """Let those be used again that are watched since then."""
        while self._watched and self._watched[0][0] <= until:
            since, connection, key = self._watched.popleft()
            kept = [*self._rested.get(key, ()), (since, connection)]
            self._rested[key] = deque(sorted(kept, key=itemgetter(0)))

"""Signals that come before the event loop runs, or when it has ended: they wait for it.

A handler that ran in the midst of an import would interrupt it there, and Python would tell so in
its own words. What waits comes to the server as soon as there is one, and is not lost.
"""

import signal  # and nothing else, because to import takes time, in which nothing is held yet

__all__ = ["HELD", "STOPPING", "hold", "release", "remember", "told_to_stop"]

STOPPING = frozenset({signal.SIGINT, signal.SIGTERM})
HELD = STOPPING | {signal.SIGHUP}


def hold() -> None:
    """Let them wait from now on, in this thread and in what it starts."""
    signal.pthread_sigmask(signal.SIG_BLOCK, HELD)


def release() -> None:
    """Let them come, those that wait first."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD)


def remember(signals: frozenset[signal.Signals]) -> list[int]:
    """Which of these come from now on although they are held, until somebody else handles them.

    They do where a thread that was there before lets them, or multiprocessing for a moment.
    """
    early: list[int] = []
    for each in signals:
        signal.signal(each, lambda number, _: early.append(number))
    return early


def told_to_stop() -> bool:
    """Whether one that stops the process waits: then there is nothing more to begin."""
    return not STOPPING.isdisjoint(signal.sigpending())

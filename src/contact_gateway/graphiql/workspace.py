"""What the page opens with: its tabs, its headers, and in the demo a token."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

__all__ = ["Tab", "Workspace"]


@dataclass(frozen=True)
class Tab:
    """One tab: a document, which names the tab by its operation, and its variables."""

    query: str
    variables: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Workspace:
    """What a browser finds that has not been here before.

    `headers` are filled in beside `Authorization`. `issue_token` gives a development token: it
    makes the page show one and renew it, to whoever opens the page, so only the demo has it.
    """

    tabs: tuple[Tab, ...]
    headers: Mapping[str, str] = field(default_factory=lambda: {"Customer-Id": ""})
    issue_token: Callable[[], str] | None = None

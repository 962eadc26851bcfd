"""What the page opens with: examples, headers, where tokens come from, and what the demo adds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from contact_gateway.graphiql.login import Login, login_of
from contact_gateway.settings import Settings

__all__ = ["Examples", "RESTCall", "Tab", "Workspace", "workspace_of"]


@dataclass(frozen=True)
class Tab:
    """One tab: its title, what is said below that, a document, and its variables."""

    title: str
    query: str
    variables: Mapping[str, object] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True)
class Examples:
    """Tabs that the menu has together below a heading."""

    heading: str
    tabs: tuple[Tab, ...]


@dataclass(frozen=True, kw_only=True)
class RESTCall:
    """One request that the REST API was sent, and its answer; headers without credentials.

    `status` and `answer` are None where it gave none.
    """

    method: str
    url: str
    headers: Sequence[tuple[str, str]] = field(repr=False)
    body: str = field(repr=False)
    status: int | None
    answer: str | None = field(repr=False)


@dataclass(frozen=True)
class Workspace:
    """What a browser finds that has not been here before: the first example is open.

    `headers` are filled in beside `Authorization`. `token_source` says whose access tokens are
    believed, for people. `issue_token` gives a development token: it makes the page show one and
    renew it, to whoever opens the page, so only the demo has it; and `rest_calls`, which tells what
    the REST API was sent in the course of a request. Without `introspection` the page does not
    ask for the schema, which it would be refused.
    """

    examples: tuple[Examples, ...]
    headers: Mapping[str, str] = field(default_factory=lambda: {"Customer-Id": ""})
    token_source: str = ""
    login: Login | None = None
    introspection: bool = True
    issue_token: Callable[[], str] | None = None
    rest_calls: Callable[[str], Sequence[RESTCall]] | None = None


def workspace_of(
    settings: Settings,
    issued_scopes: Callable[[Settings], Mapping[str, tuple[str, ...]]],
    examples: Mapping[str, tuple[str, Mapping[str, object]]],
) -> Workspace:
    """What the page opens with in production: blanks to be filled in, the token's among them.

    `issued_scopes` are those that stand for each of ours; `examples` are documents and variables by
    their titles.
    """
    tabs = (Tab(title, query, variables) for title, (query, variables) in examples.items())
    return Workspace(
        examples=(Examples("Examples", tuple(tabs)),),
        token_source=" or ".join(settings.jwt_issuer or ("the REST API",)),
        login=login_of(settings, issued_scopes(settings)),
        introspection=settings.introspection,
    )

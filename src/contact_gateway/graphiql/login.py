"""Logging in at the issuer of the access tokens: what the page has to know for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from contact_gateway.settings import Settings

__all__ = ["Login", "login_of"]

# the first names the user, the second lets the page renew the token
_OF_OPENID = ("openid", "offline_access")


@dataclass(frozen=True)
class Login:
    """An issuer, this page's client id there, and what is asked for.

    `audience` is what the token is to be for: a parameter that some issuers need and others
    ignore. `resource` is the same for those that follow RFC 8707; it has to be a URL there.
    """

    issuer: str
    client_id: str
    scopes: tuple[str, ...]
    audience: str
    resource: str | None

    @property
    def origin(self) -> str:
        """The one origin beside its own that the page may ask for anything."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"


def login_of(settings: Settings, issued_scopes: Mapping[str, tuple[str, ...]]) -> Login | None:
    """How the page logs in, if it does; `issued_scopes` are those that stand for each of ours."""
    if settings.graphiql_client_id is None or settings.jwt_issuer is None:
        return None
    [issuer] = settings.jwt_issuer
    scopes = settings.graphiql_scopes or tuple(names[0] for names in issued_scopes.values())
    audience = (settings.jwt_audience or ("",))[0]
    return Login(
        issuer=issuer,
        client_id=settings.graphiql_client_id,
        scopes=tuple(dict.fromkeys((*_OF_OPENID, *scopes))),
        audience=audience,
        resource=audience if audience.startswith(("https://", "http://")) else None,
    )

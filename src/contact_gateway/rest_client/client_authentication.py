"""How the gateway, as an OAuth client, writes what it asks an authorization server."""

import base64
from collections.abc import Mapping
from urllib.parse import quote_plus

__all__ = ["basic_authorization", "form_encoded"]


def basic_authorization(client_id: str, secret: str) -> str:
    """RFC 6749 section 2.3.1: both halves are form-encoded before they are joined."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return f"Basic {base64.b64encode(pair.encode('ascii')).decode('ascii')}"


def form_encoded(form: Mapping[str, str]) -> bytes:
    """The body of a request: RFC 6749 appendix B."""
    return "&".join(f"{name}={quote_plus(value)}" for name, value in form.items()).encode("ascii")

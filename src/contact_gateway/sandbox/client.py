"""A client of the sandbox's token endpoint, for the command `token`."""

import httpx

__all__ = ["TokenRefusedError", "request_token"]


class TokenRefusedError(Exception):
    """The sandbox gave no token; the message says why, in one line."""


def request_token(sandbox_url: str, *, scope: str, customer: int) -> str:
    """Ask for an access token as the development client.

    Raises:
        TokenRefusedError: there is no sandbox at this URL, or it refuses.
    """
    form = {
        "grant_type": "client_credentials",
        "client_id": "development",
        "client_secret": "development-secret",
        "scope": scope,
        "customer_id": str(customer),
    }
    try:
        with httpx.Client(trust_env=False, timeout=5) as client:
            response = client.post(f"{sandbox_url}/auth/tokens", data=form)
        if response.is_success:
            return str(response.json()["access_token"])
        reason = response.json()["error"]
    except (httpx.UnsupportedProtocol, httpx.InvalidURL):
        reason = "expected --sandbox-url to be a URL, such as http://127.0.0.1:8001"
    except httpx.HTTPError as error:
        reason = (
            f"{type(error).__name__}; start it with: contact-gateway sandbox, or say where it is "
            "with --sandbox-url"
        )
    except (ValueError, KeyError, TypeError):
        reason = "it does not answer like a sandbox"
    raise TokenRefusedError(f"No token from the sandbox at {sandbox_url}: {reason}")

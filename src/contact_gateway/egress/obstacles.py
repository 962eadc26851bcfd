"""What keeps something from going out: the proxy on the way, or TLS at its end."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from contact_gateway.forms.proxy_address import ProxyAddress
from contact_gateway.settings import PREFIX

__all__ = ["EgressError", "ProxyError", "TLSError"]

_CREDENTIALS: Final = (
    f"See that {PREFIX}PROXY has the user and the password that the proxy wants, percent-encoded."
)
_REFUSED: Final[Mapping[int, str]] = {
    HTTPStatus.UNAUTHORIZED: _CREDENTIALS,  # tinyproxy's word for wrong ones
    HTTPStatus.FORBIDDEN: "See that the proxy lets this machine through to there, or name the host "
    f"in {PREFIX}NO_PROXY.",
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: _CREDENTIALS,
}
_GONE: Final = f"See that {PREFIX}PROXY is right, and that this machine reaches it."
_BEHIND: Final = "See that the proxy reaches the host."


class EgressError(OSError):
    """Nothing was sent, and the message says why; it holds no secret.

    `advice` is what to do about it, where that is known.
    """

    def __init__(self, message: str, advice: str | None = None) -> None:
        super().__init__(message)
        self.advice = advice


class ProxyError(EgressError):
    """The proxy cannot be reached, refuses, or does not speak as a proxy does."""

    @classmethod
    def unreachable(cls, proxy: ProxyAddress, error: BaseException) -> "ProxyError":
        """There is no connection to the proxy."""
        return cls(f"the proxy {proxy} cannot be reached: {type(error).__name__}", _GONE)

    @classmethod
    def unfinished(cls, proxy: ProxyAddress, error: BaseException) -> "ProxyError":
        """The proxy is there, and what is behind it does not come about."""
        said = f"there is no connection through the proxy {proxy}: {type(error).__name__}"
        return cls(said, _BEHIND)

    @classmethod
    def refused(
        cls, proxy: ProxyAddress, target: str, status: int, schemes: tuple[str, ...] = ()
    ) -> "ProxyError":
        """The proxy has answered for itself; `schemes` are those of its `Proxy-Authenticate`."""
        try:
            said = f"{status} {HTTPStatus(status).phrase}"
        except ValueError:
            said = str(status)
        advice = _REFUSED.get(status, _BEHIND)
        if schemes and "basic" not in schemes:
            said += f", and wants {' or '.join(schemes)}"
            advice = "See that the proxy takes Basic, or lets this machine through without."
        return cls(f"the proxy {proxy} does not connect to {target}: {said}", advice)

    @classmethod
    def confused(cls, proxy: ProxyAddress, what: str) -> "ProxyError":
        """The proxy did not answer CONNECT as one does."""
        return cls(f"the proxy {proxy} {what}", _GONE)


class TLSError(EgressError):
    """TLS could not be agreed on."""

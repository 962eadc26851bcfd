"""The ways out: to the REST API and its token endpoint, and to all others."""

import ssl
from functools import cached_property

from contact_gateway.egress.tls_files import client_context, look_at_environment, names_files
from contact_gateway.forms.no_proxy import NoProxy
from contact_gateway.forms.proxy_address import ProxyAddress, read_proxy
from contact_gateway.settings import Settings

__all__ = ["Egress", "WayOut"]


class WayOut:
    """How one kind of destination is reached; without settings, directly, as the system trusts.

    `has_certificate` is whether TLS has one of the gateway's own to show. `proxied` is whether
    there is a proxy, though perhaps not for all hosts.
    """

    def __init__(self, settings: Settings | None = None, *, with_certificate: bool = False) -> None:
        self._settings = settings
        self.has_certificate = with_certificate
        url = settings.proxy if settings is not None else None
        self._proxy = None if url is None else read_proxy(url.get_secret_value())
        self._direct = NoProxy(() if settings is None else settings.no_proxy)
        self.proxied = self._proxy is not None

    def proxy_for(self, host: str, port: int) -> ProxyAddress | None:
        """The proxy that leads to `host`, unless it is spoken to directly."""
        if self._proxy is None or self._direct.covers(host, port):
            return None
        return self._proxy

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """The context for TLS to there, read when it is first needed.

        Raises:
            FilesError: a file that is named cannot be used.
        """
        return client_context(self._settings, with_certificate=self.has_certificate)


class Egress:
    """Both ways, as settings and the files that they name are now.

    Only the REST API and its token endpoint are shown the gateway's certificate.

    Raises:
        FilesError: a file that is named cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self.to_others = WayOut(settings)
        self.to_rest_api = self.to_others
        if settings.upstream_client_certificate or settings.upstream_client_key:
            self.to_rest_api = WayOut(settings, with_certificate=True)
        look_at_environment()
        # else not before it is needed: it takes some milliseconds and half a megabyte
        if names_files(settings):
            _ = self.to_rest_api.tls, self.to_others.tls

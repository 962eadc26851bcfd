"""HTTP/1.1 over connections of our own: an httpx transport that keeps what others do not."""

from contact_gateway.rest_client.http11.transport import HTTP11Transport

__all__ = ["HTTP11Transport"]

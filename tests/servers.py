"""Servers for tests: the gateway on a real socket, in a thread of its own."""

import contextlib
import threading
from collections.abc import Iterator

import uvicorn

from contact_gateway.app import build_app
from contact_gateway.sandbox import AUDIENCE, Sandbox
from contact_gateway.serving import listen, server_config
from contact_gateway.settings import Settings, load_settings


def settings_for(sandbox_url: str, **changes: object) -> Settings:
    """The settings of a gateway in front of a sandbox, as in production but for `changes`."""
    values: dict[str, object] = {
        "_env_file": None,
        "upstream_url": sandbox_url,
        "jwt_issuer": sandbox_url,
        "jwt_audience": AUDIENCE,
        "jwt_jwks_url": f"{sandbox_url}/.well-known/jwks.json",
        "jwt_customer_claim": "customer_id",
    }
    return load_settings(**{**values, **changes})


@contextlib.contextmanager
def running_gateway(settings: Settings) -> Iterator[str]:
    """Serve a gateway as `serve` does, and say its URL; it is ready when the block begins."""
    ready = threading.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
            await super().startup(sockets)  # type: ignore[arg-type]
            ready.set()

    with listen("127.0.0.1", 0) as listener:
        server = Server(server_config(build_app(settings), settings))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        ready.wait(10)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextlib.contextmanager
def gateway_before(sandbox: Sandbox, **changes: object) -> Iterator[str]:
    """Serve a gateway in front of a sandbox, and say its URL."""
    with running_gateway(settings_for(sandbox.url, **changes)) as url:
        yield url

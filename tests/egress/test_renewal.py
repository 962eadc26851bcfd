"""What is read anew reaches everybody who goes out, on the event loop, without a signal."""

import asyncio
import base64
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Final

import pytest

from contact_gateway.egress import Rotation
from contact_gateway.http import open_verifier
from contact_gateway.identity import InvalidTokenError, rules_of
from contact_gateway.observation import Metrics
from contact_gateway.settings import FilesError, load_settings
from tests.egress.proxies import scripted_proxy
from tests.scripted_upstream import ScriptedUpstream, reply

INACTIVE: Final = reply(200, '{"active": false}', Content_Type="application/json")


def test_a_verifier(scripted: ScriptedUpstream, tmp_path: Path) -> None:
    """The secret that it shows to the issuer is the new one, and so is that for the proxy.

    Files that cannot be used leave both as they were.
    """
    scripted.answers(INACTIVE)
    secret, proxy_url = tmp_path / "secret", tmp_path / "proxy"

    async def ask(rotation: Rotation) -> None:
        lifetimes: list[Callable[[], AbstractAsyncContextManager[object]]] = []
        rules = rules_of(settings, {})
        verifier, _ = open_verifier(settings, rules, rotation, lifetimes, Metrics())
        async with AsyncExitStack() as stack:
            for lifetime in (lambda: rotation, *lifetimes):
                await stack.enter_async_context(lifetime())
            for number, (shown, for_proxy) in enumerate([("1", "a"), ("2", "b"), ("", "c")]):
                secret.write_text(shown, encoding="utf-8")
                proxy_url.write_text(f"http://{for_proxy}@127.0.0.1:{proxy.port}", "utf-8")
                if number < 2:
                    await asyncio.to_thread(rotation.reload)
                else:
                    with pytest.raises(FilesError):
                        await asyncio.to_thread(rotation.reload)
                with pytest.raises(InvalidTokenError):
                    await verifier.verify(f"opaque{number}")

    with scripted_proxy() as proxy:
        secret.write_text("0", encoding="utf-8")
        proxy_url.write_text(f"http://nobody@127.0.0.1:{proxy.port}", encoding="utf-8")
        settings = load_settings(
            _env_file=None,
            upstream_url="https://localhost",
            token_verification="introspection",
            jwt_audience="contact-gateway",
            token_introspection_url=f"{scripted.url}/introspect",
            token_introspection_client_id="gateway",
            token_introspection_client_secret_file=str(secret),
            proxy_file=str(proxy_url),
        )
        asyncio.run(ask(Rotation(settings)))

    basics = [each.header("authorization")[0].removeprefix("Basic ") for each in scripted.received]
    assert [base64.b64decode(each).decode() for each in basics] == [
        "gateway:1",
        "gateway:2",
        "gateway:2",
    ]
    # of a connection, only the first request is noted; how many there are is the pool's business
    assert [*dict.fromkeys(head.rpartition(" ")[2] for head in proxy.heads)] == ["a:", "b:"]

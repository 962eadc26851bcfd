"""URLs stay out of the log: whatever a caller puts into one may be a secret."""

from pathlib import Path

import httpx

from contact_gateway.sandbox import Sandbox
from tests.servers import gateway_process


def test_a_url_with_a_secret(sandbox: Sandbox, tmp_path: Path) -> None:
    """The log of `serve` does not have what a caller put into a URL."""
    with (
        gateway_process(sandbox, tmp_path / "log") as gateway,
        httpx.Client(trust_env=False, timeout=30) as http,
    ):
        for path in ("livez", "graphql", "nowhere"):
            http.get(f"{gateway.url}/{path}?access_token=canary")

    assert "canary" not in gateway.log.read_text()

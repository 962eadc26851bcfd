"""The gateways that clients meet, and what the recipes were built into."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contact_gateway.sandbox import SCENARIOS, Grant, Sandbox, SandboxServer
from tests.installed import node_with
from tests.servers import gateway_before

RECIPES = Path(__file__).parents[2] / "examples" / "clients"
CUSTOMERS = (5690, 7310)


@dataclass(frozen=True)
class Surroundings:
    """Gateways before one sandbox: with the demo's answers, with a rate limit, with a safelist."""

    sandbox: Sandbox
    url: str
    limited_url: str
    enforcing_url: str

    @property
    def tokens(self) -> dict[str, str]:
        """A token of each customer."""
        scopes = ("contacts:read", "contacts:write")
        return {
            str(customer): self.sandbox.tokens.issue(
                Grant(client_id="development", scopes=scopes, customers=(customer,))
            )
            for customer in CUSTOMERS
        }

    @property
    def cases(self) -> dict[str, object]:
        """What `cases.ts` has to know."""
        return {
            "url": self.url,
            "limitedUrl": self.limited_url,
            "enforcingUrl": self.enforcing_url,
            "tokens": self.tokens,
            "scenarios": [str(scenario.id) for scenario in SCENARIOS],
        }


@pytest.fixture(scope="package")
def node() -> str:
    """Where node is, with the clients installed."""
    return node_with(RECIPES)


@pytest.fixture(scope="package")
def built(node: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built programs; types and documents are looked at on the way."""
    folder = tmp_path_factory.mktemp("clients")
    program = Path(__file__).with_name("cases.ts")
    done = subprocess.run(  # noqa: S603 - node and a file of ours
        [node, "build.mjs", program, folder],
        cwd=RECIPES,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="package")
def surroundings(built: Path) -> Iterator[Surroundings]:
    """All of it running; `built` comes first, because it writes what is trusted."""
    assert built.exists()
    manifests = ("generated/persisted-documents.json", "__generated__/persisted_queries.json")
    enforce = {
        "trusted_documents": ",".join(str(RECIPES / manifest) for manifest in manifests),
        "trusted_documents_mode": "enforce",
    }
    quick = {"upstream_attempt_timeout": 0.5, "upstream_deadline": 1}
    with (
        SandboxServer() as sandbox,
        gateway_before(sandbox, **quick) as url,
        gateway_before(sandbox, rate_limit="1/hour") as limited_url,
        gateway_before(sandbox, **enforce) as enforcing_url,
    ):
        yield Surroundings(sandbox, url, limited_url, enforcing_url)

"""The demo: a sandbox, the gateway in front of it, and what is told when both can be used."""

import http.client
import json
import os
import shlex
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from contact_gateway.contact_groups import RENAME
from contact_gateway.sandbox import (
    AUDIENCE,
    SAMPLE_GROUPS,
    Grant,
    Sandbox,
)
from contact_gateway.settings import ANY_PORT, Settings, load_settings_for_tests

__all__ = [
    "CUSTOMER",
    "LOCAL_ORIGINS",
    "Announcement",
    "announce",
    "answer_first",
    "demo_settings",
    "development_token",
    "in_front_of",
    "ready_file",
    "when_it_answers",
]

LOCAL_ORIGINS: Final = tuple(
    f"{scheme}://{host}{ANY_PORT}"
    for scheme in ("http", "https")
    for host in ("localhost", "127.0.0.1", "[::1]")
)
"""Pages of this machine, which a developer's own server serves on any port."""

CUSTOMER: Final = 5690
"""The customer whose token and groups are announced."""

_SCOPES: Final = ("contacts:read", "contacts:write")
_A_DAY: Final = 24 * 3600
_PATIENCE: Final = 60  # seconds, on a machine that has much else to do


def demo_settings(*, environment: bool = True, **changes: object) -> Settings:
    """The settings of a gateway that is tried; `in_front_of` puts a sandbox behind it.

    What became of one call never depends on those before: no circuit opens, and every call may be
    repeated.

    Raises:
        SettingsError: as `load_settings`, for the environment counts here too.
    """
    nowhere = "http://localhost"
    values: dict[str, object] = {
        "_env_file": None,
        "upstream_breaker": False,
        "upstream_retry_budget": 1,
        "jwt_audience": AUDIENCE,
        "jwt_customer_claim": "customer_id",
        "graphiql": True,
        "introspection": True,
        "expose_server_problems": True,
        "log_format": "console",
        "drain_pause": 0,
        "metrics_port": None,
        "no_proxy": "*",  # nothing goes further than to the sandbox
        **changes,
        "upstream_url": nowhere,
        "jwt_issuer": nowhere,
    }
    return load_settings_for_tests(values, environment=environment)


def in_front_of(settings: Settings, sandbox: Sandbox) -> Settings:
    """The same settings of a gateway whose REST API and issuer is `sandbox`."""
    there = {
        "upstream_url": sandbox.url,
        "jwt_issuer": (sandbox.url,),
        "jwt_jwks_url": f"{sandbox.url}/.well-known/jwks.json",
        "cors_origins": (*settings.cors_origins, *LOCAL_ORIGINS),
    }
    return settings.model_copy(update=there)


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """What a program needs to call the gateway and to administrate the sandbox.

    Ids are texts, as GraphQL and HTTP headers want them.
    """

    graphql: str
    sandbox: str
    token: str
    customer: str
    groups: tuple[Mapping[str, str], ...]

    def as_json(self) -> str:
        """One line for a program."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def as_text(self) -> str:
        """Lines for a person, one of which can be pasted into a terminal."""
        shown = self.groups[:3]
        request = {
            "query": " ".join(RENAME.split()),  # white space has no meaning in it
            "variables": {"id": shown[0]["id"], "input": {"name": "Best customers"}},
        }
        curl = shlex.join([
            "curl", self.graphql,
            "-H", f"Authorization: Bearer {self.token}",
            "-H", f"Customer-Id: {self.customer}",
            "-H", "Content-Type: application/json",
            "-d", json.dumps(request),
        ])  # fmt: skip
        return "\n".join(
            [
                f"GraphiQL     {self.graphql}",
                f"REST API     {self.sandbox}  (a sandbox; GET / lists its scenario ids)",
                f"Customer     {self.customer}",
                *(f"Group        {group['id']}  {group['name']}" for group in shown),
                "",
                "Rename a contact group:",
                "",
                curl,
                "",
                "Ctrl-C stops both servers.",
                "",
            ]
        )


def announce(url: str, sandbox: Sandbox) -> Announcement:
    """What is told of a gateway at `url` in front of `sandbox`."""
    names = {number: sandbox.store.name_of(CUSTOMER, number) for number in SAMPLE_GROUPS[CUSTOMER]}
    return Announcement(
        graphql=f"{url}/graphql",
        sandbox=sandbox.url,
        token=development_token(sandbox, _A_DAY),
        customer=str(CUSTOMER),
        groups=tuple({"id": str(number), "name": name or ""} for number, name in names.items()),
    )


def development_token(sandbox: Sandbox, lifetime: int = 3600) -> str:
    """A token with both scopes, good for so many seconds."""
    return _token(sandbox, "development", lifetime)


def when_it_answers(announcement: Announcement, sandbox: Sandbox, tell: Callable[[], None]) -> None:
    """Call `tell`, on a thread of its own, as soon as the gateway has answered a first request."""

    def wait() -> None:
        with suppress(OSError):  # it does not start, and whoever starts it says why
            answer_first(announcement.graphql, sandbox)
            tell()

    threading.Thread(target=wait, name="contact-gateway-demo", daemon=True).start()


def answer_first(graphql: str, sandbox: Sandbox) -> None:
    """Have a gateway answer a first request, however long it takes to start.

    It then knows the keys of the issuer, and that the REST API is where its URL says: what it sends
    for the next request does not depend on whether there was one before.

    Raises:
        OSError: nobody answered.
    """
    parts = urlsplit(graphql)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_PATIENCE)
    # of a caller of its own, whom no limit counts together with others
    token = _token(sandbox, "first-request", 60)
    headers = {
        "Authorization": f"Bearer {token}",
        "Customer-Id": str(CUSTOMER),
        "Content-Type": "application/json",
    }
    body = json.dumps({"query": "{ contactGroups(pageSize: 1) { items { id } } }"})
    try:
        connection.request("POST", parts.path, body, headers)
        connection.getresponse().read()
    except http.client.HTTPException as error:
        raise ConnectionError from error
    finally:
        connection.close()
    sandbox.received.clear()


@contextmanager
def ready_file(path: Path | None) -> Iterator[Callable[[str], None]]:
    """What writes a line to a file that is there, whole, for as long as the demo can be used.

    Raises:
        OSError: there can be no such file.
    """
    if path is None:
        yield lambda _: None
        return
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")

    def write(line: str) -> None:
        unfinished.write_text(f"{line}\n", encoding="utf-8")
        unfinished.replace(path)

    unfinished.touch()  # whoever may not write there is told so at once
    path.unlink(missing_ok=True)  # an earlier demo was killed
    try:
        yield write
    finally:
        for each in (unfinished, path):
            with suppress(FileNotFoundError):
                each.unlink()


def _token(sandbox: Sandbox, client_id: str, lifetime: int) -> str:
    return sandbox.tokens.issue(
        Grant(client_id=client_id, scopes=_SCOPES, customers=(CUSTOMER,), lifetime=lifetime)
    )

"""The sandbox as an ASGI application: what is built, and what answers where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Mount, Route

from contact_gateway.sandbox.admin import ADMIN_PATH, Administration, OnlyFromHere
from contact_gateway.sandbox.database import GroupFilter
from contact_gateway.sandbox.group_operations import ContactGroupApi
from contact_gateway.sandbox.sample_data import SAMPLE_GROUPS
from contact_gateway.sandbox.scenarios import SCENARIO_CUSTOMERS, SCENARIOS, SCENARIOS_BY_ID
from contact_gateway.sandbox.token_requests import LARGEST_FORM_BYTES, TokenEndpoint

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from contact_gateway.sandbox.database import Store
    from contact_gateway.sandbox.parts import Sandbox

__all__ = ["Manner", "create_app"]


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a sandbox behaves: how many times `faster` what takes its time, and whom it obeys.

    Its administration obeys programs of this machine, or everybody where `admin_from_anywhere`.
    """

    faster: float = 1.0
    admin_from_anywhere: bool = False


def create_app(sandbox: Sandbox, manner: Manner) -> Starlette:
    """The application over these parts. It needs the server in `running.py` for its faults."""
    api = ContactGroupApi(sandbox, manner.faster)
    tokens = TokenEndpoint(sandbox.tokens)
    admin: ASGIApp = Administration(sandbox).app()
    if not manner.admin_from_anywhere:
        admin = OnlyFromHere(admin)

    async def describe(_request: Request) -> Response:
        return _json(_description(sandbox.store))

    async def key_set(_request: Request) -> Response:
        return _json(sandbox.tokens.key_set())

    async def refuse_unrouted(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
        return api.refuse_unrouted(request, error)

    app = Starlette(
        routes=[
            Route("/", describe),
            Route("/.well-known/jwks.json", key_set),
            Route(
                "/auth/tokens",
                tokens.issue_token,
                methods=["POST"],
                max_body_size=LARGEST_FORM_BYTES,
            ),
            *api.routes(),
            Mount(ADMIN_PATH, admin),
        ],
        exception_handlers={HTTPException: refuse_unrouted},
    )
    # A path with a slash too many is a wrong path, not one to be redirected.
    app.router.redirect_slashes = False
    return app


def _description(store: Store) -> dict[str, object]:
    return {
        "about": "A sandbox of the contact-group operations of the REST API.",
        "operations": [
            "POST /auth/tokens",
            "GET /v1/contactGroups",
            "PATCH /v1/contactGroups/{contactGroupId}",
            "GET /.well-known/jwks.json",
        ],
        "administration": f"{ADMIN_PATH}/openapi.json",
        # the first page of each: a file may hold any number of groups
        "customers": [
            {
                "id": customer_id,
                "contactGroups": [
                    {"id": group.id, "name": group.name}
                    for group in store.find(customer_id, GroupFilter())
                ],
            }
            for customer_id in SAMPLE_GROUPS
        ],
        "scenarioCustomers": [
            {"id": customer, "effect": SCENARIOS_BY_ID[customer].effect}
            for customer in SCENARIO_CUSTOMERS
        ],
        "scenarios": [{"id": scenario.id, "effect": scenario.effect} for scenario in SCENARIOS],
    }


def _json(document: object) -> Response:
    content = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return Response(content, media_type="application/json")

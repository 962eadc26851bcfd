"""The operations below `/__admin`, and the application that answers them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from contact_gateway.sandbox.admin.endpoints import (
    Endpoint,
    answer,
    endpoint,
    path_ids,
    wanted_by_body,
    wanted_by_query,
)
from contact_gateway.sandbox.admin.journal import entry_of, selects
from contact_gateway.sandbox.admin.messages import (
    FaultWanted,
    Group,
    Groups,
    GroupWanted,
    IssuedToken,
    Journal,
    JournalFilter,
    OfCustomer,
    TokenWanted,
)
from contact_gateway.sandbox.admin.openapi import openapi
from contact_gateway.sandbox.database import DuplicateNameError, GroupFilter
from contact_gateway.sandbox.faults import NoAnswer
from contact_gateway.sandbox.problem_documents import Problem, ProblemError, invalid_input
from contact_gateway.sandbox.token_issuer import Grant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_gateway.sandbox.parts import Sandbox

__all__ = ["ADMIN_PATH", "Administration"]

ADMIN_PATH: Final = "/__admin"

_LARGEST_BODY_BYTES: Final = 131_072
_GROUP: Final = "/groups/{customer}/{id}"
_MOST_GROUPS: Final = 1000


class Administration:
    """What tests may do with the parts of one running sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Administrate these parts."""
        self._sandbox = sandbox
        self._store = sandbox.store
        self._issuer = sandbox.tokens
        self._received = sandbox.received
        self._faults = sandbox.faults

    @endpoint("POST", "/reset", query=OfCustomer, answers={204: None})
    async def reset(self, request: Request) -> Response:
        """Let all be as at the start: groups, faults, and what was received."""
        self._sandbox.reset(wanted_by_query(OfCustomer, request).customer)
        return answer(204)

    @endpoint("GET", "/requests", query=JournalFilter, answers={200: Journal})
    async def requests(self, request: Request) -> Response:
        """What was received, oldest first; the oldest are forgotten when there are many."""
        wanted = wanted_by_query(JournalFilter, request)
        entries = [entry_of(received) for received in self._received if selects(wanted, received)]
        return answer(200, Journal(requests=entries))

    @endpoint("DELETE", "/requests", query=JournalFilter, answers={204: None})
    async def forget_requests(self, request: Request) -> Response:
        """Forget what was received."""
        self._received.forget(partial(selects, wanted_by_query(JournalFilter, request)))
        return answer(204)

    @endpoint("GET", "/groups/{customer}", answers={200: Groups})
    async def groups(self, request: Request) -> Response:
        """The groups of a customer."""
        [customer] = path_ids(request)
        found = self._store.find(customer, GroupFilter(page_size=_MOST_GROUPS))
        return answer(200, Groups(groups=[Group(id=str(one.id), name=one.name) for one in found]))

    @endpoint("GET", _GROUP, answers={200: Group})
    async def group(self, request: Request) -> Response:
        """One group."""
        customer, number = path_ids(request)
        name = self._store.name_of(customer, number)
        if name is None:
            raise _no_group(customer, number)
        return answer(200, Group(id=str(number), name=name))

    @endpoint("PUT", _GROUP, body=GroupWanted, answers={200: Group, 201: Group})
    async def put_group(self, request: Request) -> Response:
        """Let a customer have this group."""
        customer, number = path_ids(request)
        name = (await wanted_by_body(GroupWanted, request)).name
        try:
            new = self._store.put(customer, number, name)
        except DuplicateNameError as error:
            raise invalid_input({"name": ("Another contact group has this name.",)}) from error
        return answer(201 if new else 200, Group(id=str(number), name=name))

    @endpoint("DELETE", _GROUP, answers={204: None})
    async def remove_group(self, request: Request) -> Response:
        """Take a group away from its customer."""
        customer, number = path_ids(request)
        if not self._store.remove(customer, number):
            raise _no_group(customer, number)
        return answer(204)

    @endpoint("POST", "/faults", body=FaultWanted, answers={204: None})
    async def add_fault(self, request: Request) -> Response:
        """Say how the next calls that fit are to end; of several faults, the oldest comes first."""
        wanted = await wanted_by_body(FaultWanted, request)
        if not self._faults.add(wanted.fault(), wanted.times):
            raise ProblemError(
                Problem(
                    status=409,
                    kind="too-many-faults",
                    title="Conflict",
                    detail="Too many faults wait for a call; DELETE forgets them.",
                )
            )
        return answer(204)

    @endpoint("DELETE", "/faults", query=OfCustomer, answers={204: None})
    async def forget_faults(self, request: Request) -> Response:
        """Forget the faults that no call has met yet."""
        self._faults.forget(wanted_by_query(OfCustomer, request).customer)
        return answer(204)

    @endpoint("POST", "/tokens", body=TokenWanted, answers={201: IssuedToken})
    async def issue_token(self, request: Request) -> Response:
        """Issue an access token, good or bad."""
        wanted = await wanted_by_body(TokenWanted, request)
        grant = Grant(
            client_id="development",
            scopes=tuple(wanted.scopes),
            customers=tuple(wanted.customers),
            lifetime=wanted.lifetime,
        )
        claims = self._issuer.claims(grant) | {"aud": wanted.audience}
        if wanted.issuer is not None:
            claims["iss"] = wanted.issuer
        sign = self._issuer.forge if wanted.unknown_key else self._issuer.sign
        return answer(201, IssuedToken(token=sign(claims, token_type=wanted.typ)))

    def app(self) -> Starlette:
        """The application that answers below `/__admin`, refusals as problems."""
        endpoints = [one for one in vars(Administration).values() if isinstance(one, Endpoint)]
        by_path: dict[str, dict[str, Endpoint]] = {}
        for one in endpoints:
            by_path.setdefault(one.path, {})[one.method] = one
        document = orjson.dumps(openapi(endpoints, ADMIN_PATH))

        async def describe(_request: Request) -> Response:
            return Response(document, media_type="application/json")

        app = Starlette(
            routes=[
                Route("/openapi.json", describe),
                *(_route(self, *item) for item in by_path.items()),
            ],
            exception_handlers={HTTPException: _as_problem, ProblemError: _as_problem},
        )
        app.router.redirect_slashes = False
        return app


def _route(administration: Administration, path: str, by_method: Mapping[str, Endpoint]) -> Route:
    async def answered(request: Request) -> Response:
        handler = by_method["GET" if request.method == "HEAD" else request.method].handler
        try:
            return await handler(administration, request)
        except ClientDisconnect:
            return NoAnswer()

    return Route(path, answered, methods=[*by_method], max_body_size=_LARGEST_BODY_BYTES)


def _no_group(customer: int, number: int) -> ProblemError:
    return ProblemError(
        Problem(
            status=404,
            kind="not-found",
            title="Not Found",
            detail=f"Customer {customer} has no contact group {number}.",
        )
    )


async def _as_problem(request: Request, error: Exception) -> Response:
    if isinstance(error, ProblemError):
        return error.problem.response(instance=request.url.path)
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    refusal = Problem(
        status=error.status_code,
        kind="not-possible",
        title=error.detail,
        detail=f"GET {ADMIN_PATH}/openapi.json describes what is possible.",
        headers=error.headers or {},
    )
    return refusal.response(instance=request.url.path)

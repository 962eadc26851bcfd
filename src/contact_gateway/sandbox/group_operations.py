"""The two operations on contact groups, and the log of the calls that reached them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import orjson
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from contact_gateway.sandbox import inputs
from contact_gateway.sandbox.access import authorize
from contact_gateway.sandbox.database import DuplicateNameError
from contact_gateway.sandbox.faults import Late, NoAnswer, misbehaving
from contact_gateway.sandbox.identifiers import positive_int64
from contact_gateway.sandbox.next_faults import NextFault, PlannedAnswer
from contact_gateway.sandbox.problem_documents import Problem, ProblemError, invalid_input
from contact_gateway.sandbox.received import ReceivedRequest
from contact_gateway.sandbox.scenarios import SCENARIO_CUSTOMERS, SCENARIOS_BY_ID, Scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.exceptions import HTTPException
    from starlette.requests import Request

    from contact_gateway.sandbox.parts import Sandbox

__all__ = ["ContactGroupApi"]

_PREFIX: Final = "/v1"
_LARGEST_BODY_BYTES: Final = 65_536


class ContactGroupApi:
    """The part of the REST API below `/v1`.

    The checks of each operation run in the order of the lines that call them: token, customer and
    scope, then input, then scenario, then data.
    """

    def __init__(self, sandbox: Sandbox, faster: float = 1.0) -> None:
        """Serve what `sandbox` holds, and log to it what is received.

        A call for which it has a fault ends so. What takes its time is `faster` so many times.
        """
        self._store = sandbox.store
        self._issuer = sandbox.tokens
        self._received = sandbox.received
        self._faults = sandbox.faults
        self._faster = faster

    def routes(self) -> list[Route]:
        """The routes of both operations."""
        groups = f"{_PREFIX}/contactGroups"
        return [
            Route(groups, self.list_groups, methods=["GET"], max_body_size=_LARGEST_BODY_BYTES),
            Route(
                f"{groups}/{{contact_group_id}}",
                self.update_group,
                methods=["PATCH"],
                max_body_size=_LARGEST_BODY_BYTES,
            ),
        ]

    async def list_groups(self, request: Request) -> Response:
        """`GET /v1/contactGroups`: one page of the customer's groups."""
        return await self._answer(request, self._list)

    async def update_group(self, request: Request) -> Response:
        """`PATCH /v1/contactGroups/{contactGroupId}`: give one group a new name."""
        return await self._answer(request, self._update)

    def refuse_unrouted(self, request: Request, error: HTTPException) -> Response:
        """Answer what is no operation at all, as plain text: such an answer knows no problems."""
        response = PlainTextResponse(
            error.detail, status_code=error.status_code, headers=error.headers
        )
        if request.url.path.startswith(_PREFIX):
            self._record(request, b"", response)
        return response

    async def _answer(
        self, request: Request, operation: Callable[[Request, bytes], Response]
    ) -> Response:
        try:
            body = await request.body()
        except ClientDisconnect:
            response: Response = NoAnswer()
            self._record(request, b"", response)
            return response
        fault = self._faults.take(request.method, _groups(request), _customer(request))
        if fault is None:
            response = _answered(request, body, operation)
        else:
            response = self._end(fault, request, lambda: _answered(request, body, operation))
        self._record(request, body, response)
        late = fault.delay / self._faster if fault else 0.0
        return Late(response, seconds=late) if late else response

    def _end(self, fault: NextFault, request: Request, answer: Callable[[], Response]) -> Response:
        """The end of a call for which there is a fault; `answer` carries it out as ever."""
        if fault.end is None:
            return answer()
        if fault.applied:
            applied = answer()
            if applied.status_code >= HTTPStatus.BAD_REQUEST:
                return applied
        if isinstance(fault.end, PlannedAnswer):
            return _planned(fault.end)
        if isinstance(fault.end, Problem):
            return fault.end.response(instance=_raw_path(request))
        return misbehaving(fault.end, faster=self._faster)

    def _list(self, request: Request, _body: bytes) -> Response:
        customer_id = authorize(request.headers, self._issuer, "contacts:read")
        wanted = inputs.group_filter(request.query_params)
        if customer_id in SCENARIO_CUSTOMERS:
            return self._play(SCENARIOS_BY_ID[customer_id])
        groups = self._store.find(customer_id, wanted)
        page = {
            "items": [{"id": group.id, "name": group.name} for group in groups],
            "pageNumber": wanted.page_number,
            "pageSize": wanted.page_size,
            "pageItemCount": len(groups),
        }
        return Response(orjson.dumps(page), media_type="application/json")

    def _update(self, request: Request, body: bytes) -> Response:
        customer_id = authorize(request.headers, self._issuer, "contacts:write")
        group_id = inputs.group_id(request.path_params["contact_group_id"])
        name = inputs.new_name(body)
        scenario = SCENARIOS_BY_ID.get(group_id)
        if scenario is None:
            return self._rename(customer_id, group_id, name)
        if scenario.applied:
            self._rename(customer_id, group_id, name)
        return self._play(scenario)

    def _play(self, scenario: Scenario) -> Response:
        if isinstance(scenario.answer, Problem):
            raise ProblemError(scenario.answer)
        return misbehaving(scenario.answer, faster=self._faster)

    def _rename(self, customer_id: int, group_id: int, name: str) -> Response:
        try:
            found = self._store.rename(customer_id, group_id, name)
        except DuplicateNameError as error:
            raise invalid_input({"name": ("Another contact group has this name.",)}) from error
        if not found:
            raise ProblemError(
                Problem(
                    status=404,
                    kind="not-found",
                    title="Not Found",
                    detail=f"There is no contact group {group_id}.",
                )
            )
        return Response(status_code=204)

    def _record(self, request: Request, body: bytes, response: Response) -> None:
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw
        )
        self._received.append(
            ReceivedRequest(
                method=request.method,
                path=_raw_path(request),
                query=request.url.query,
                headers=headers,
                body=body,
                status=None if isinstance(response, NoAnswer) else response.status_code,
                answer=bytes(response.body),
            )
        )


def _answered(
    request: Request, body: bytes, operation: Callable[[Request, bytes], Response]
) -> Response:
    try:
        return operation(request, body)
    except ProblemError as refusal:
        return refusal.problem.response(instance=_raw_path(request))


def _planned(answer: PlannedAnswer) -> Response:
    response = Response(answer.body, status_code=answer.status)
    response.raw_headers += [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers
    ]
    return response


def _groups(request: Request) -> frozenset[int]:
    """The groups that a call is about: the one in its path, or those it filters by."""
    texts = [*request.path_params.values(), *request.query_params.getlist("id")]
    return frozenset(number for text in texts if (number := positive_int64(text)))


def _customer(request: Request) -> int | None:
    return positive_int64(request.headers.get("customer-id", ""))


def _raw_path(request: Request) -> str:
    raw_path: bytes = request.scope["raw_path"]
    return raw_path.decode("ascii")

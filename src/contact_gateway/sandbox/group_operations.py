"""The two operations on contact groups, and the log of the calls that reached them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from contact_gateway.sandbox import inputs
from contact_gateway.sandbox.access import authorize
from contact_gateway.sandbox.database import DuplicateNameError, Store
from contact_gateway.sandbox.faults import HOLD_SECONDS, Drip, NoAnswer, web_server_page
from contact_gateway.sandbox.problem_documents import Problem, ProblemError, invalid_input
from contact_gateway.sandbox.received import ReceivedRequest, ReceivedRequests
from contact_gateway.sandbox.scenarios import SCENARIOS_BY_ID, Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.exceptions import HTTPException
    from starlette.requests import Request

    from contact_gateway.sandbox.token_issuer import TokenIssuer

__all__ = ["ContactGroupApi"]

_PREFIX: Final = "/v1"
_LARGEST_BODY_BYTES: Final = 65_536


class ContactGroupApi:
    """The part of the REST API below `/v1`.

    The checks of each operation run in the order of the lines that call them: token, customer and
    scope, then input, then scenario, then data.
    """

    def __init__(self, store: Store, issuer: TokenIssuer, received: ReceivedRequests) -> None:
        """Serve the groups of `store` to callers with tokens of `issuer`; log to `received`."""
        self._store = store
        self._issuer = issuer
        self._received = received

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
        body = b""
        try:
            body = await request.body()
            response = operation(request, body)
        except ProblemError as refusal:
            response = refusal.problem.response(instance=_raw_path(request))
        except ClientDisconnect:
            response = NoAnswer()
        self._record(request, body, response)
        return response

    def _list(self, request: Request, _body: bytes) -> Response:
        customer_id = authorize(request.headers, self._issuer, "contacts:read")
        wanted = inputs.group_filter(request.query_params)
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
        if isinstance(scenario.answer, Problem):
            raise ProblemError(scenario.answer)
        return self._misbehave(scenario.answer, lambda: self._rename(customer_id, group_id, name))

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

    def _misbehave(self, fault: Fault, apply: Callable[[], Response]) -> Response:
        match fault:
            case Fault.HANG:
                return NoAnswer(hold=HOLD_SECONDS)
            case Fault.DROP_AFTER_APPLYING:
                apply()
                return NoAnswer()
            case Fault.HTML:
                return web_server_page()
            case Fault.DRIP:
                return Drip()

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


def _raw_path(request: Request) -> str:
    raw_path: bytes = request.scope["raw_path"]
    return raw_path.decode("ascii")

"""A contestant: what one would write by hand, Starlette before stock httpx, without any check."""

import contextlib
import os
from collections.abc import AsyncIterator

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

__all__ = ["app"]


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    async with httpx.AsyncClient(base_url=os.environ["UPSTREAM_URL"], timeout=60) as client:
        app.state.client = client
        yield


async def _update(request: Request) -> Response:
    client: httpx.AsyncClient = request.app.state.client
    answer = await client.patch(
        f"/v1/contactGroups/{request.path_params['id']}",
        content=await request.body(),
        headers={
            "Authorization": request.headers["Authorization"],
            "Customer-Id": request.headers["Customer-Id"],
            "Content-Type": "application/json",
        },
    )
    return Response(
        answer.content, answer.status_code, media_type=answer.headers.get("Content-Type")
    )


app = Starlette(
    routes=[Route("/v1/contactGroups/{id:int}", _update, methods=["PATCH"])], lifespan=_lifespan
)

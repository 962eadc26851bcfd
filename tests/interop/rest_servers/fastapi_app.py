"""Contact groups in FastAPI, as its tutorial writes it. Argument: the port."""

import sys
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel, Field

app = FastAPI()


class ContactGroupUpdate(BaseModel):
    """The body of an update."""

    name: str | None = Field(default=None, max_length=50)


@app.get("/v1/contactGroups")
def list_contact_groups() -> dict[str, Any]:
    """One page, whatever is asked for."""
    items = [{"id": 1, "name": "Friends"}]
    return {"items": items, "pageNumber": 1, "pageSize": 100, "pageItemCount": 1}


@app.patch("/v1/contactGroups/{contact_group_id}", response_model=None)
def update_contact_group(
    contact_group_id: int, changes: ContactGroupUpdate
) -> Response | dict[str, Any]:
    """Rename the groups 1 and 2; 3 is another's, 4 breaks, and there are no others."""
    if contact_group_id == 1:
        return Response(status_code=204)
    if contact_group_id == 2:
        return {"id": 2, "name": changes.name}
    if contact_group_id == 3:
        raise HTTPException(status_code=403, detail="This group is not yours.")
    if contact_group_id == 4:
        raise RuntimeError("It broke.")
    raise HTTPException(status_code=404, detail="There is no such group.")


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]))

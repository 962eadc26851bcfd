"""Contact groups in connexion, which works from the OpenAPI document. Argument: the port."""

import sys
from pathlib import Path
from typing import Any

import connexion
from connexion.resolver import RelativeResolver
from flask import abort

JSON = {"Content-Type": "application/json"}  # of the media types in the document, this one


def list_contact_groups(**_filters: object) -> dict[str, Any]:
    """One page, whatever is asked for."""
    items = [{"id": 1, "name": "Friends"}]
    return {"items": items, "pageNumber": 1, "pageSize": 100, "pageItemCount": 1}


def update_contact_group(contactGroupId: int, body: dict[str, Any]) -> Any:  # noqa: N803
    """Rename the groups 1 and 2; 3 is another's, 4 breaks, and there are no others."""
    if contactGroupId == 1:
        return connexion.NoContent, 204, JSON
    if contactGroupId == 2:
        return {"id": 2, **body}, 200, JSON
    if contactGroupId == 3:
        return abort(403, "This group is not yours.")
    if contactGroupId == 4:
        raise RuntimeError("It broke.")
    return abort(404, "There is no such group.")


app = connexion.FlaskApp(__name__, specification_dir=Path(__file__).parent)
app.add_api("contact_groups.openapi.yaml", resolver=RelativeResolver(__name__))

if __name__ == "__main__":
    app.run(port=int(sys.argv[1]))

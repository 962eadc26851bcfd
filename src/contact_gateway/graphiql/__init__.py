"""GraphiQL: the page on which developers explore the API, from our own origin.

`Workspace` says what it opens with. Its third-party files are pinned in `pins.json`, fetched when
the package is built (`hatch_build.py`), and loaded from a CDN only where the build could not.
"""

from contact_gateway.graphiql.login import Login
from contact_gateway.graphiql.routes import GraphiQL
from contact_gateway.graphiql.workspace import Examples, RESTCall, Tab, Workspace, workspace_of

__all__ = [
    "Examples",
    "GraphiQL",
    "Login",
    "RESTCall",
    "Tab",
    "Workspace",
    "workspace_of",
]

"""The demo: who may call it, and what GraphiQL opens with there.

That is a success first, then the list and every scenario.
"""

from collections.abc import Callable
from textwrap import fill

from contact_gateway.contact_groups import LIST, RENAME
from contact_gateway.graphiql import Tab, Workspace
from contact_gateway.sandbox import SAMPLE_GROUPS, SCENARIOS, Scenario
from contact_gateway.settings import ANY_PORT

__all__ = ["LOCAL_ORIGINS", "demo_workspace"]

LOCAL_ORIGINS = tuple(
    f"{scheme}://{host}{ANY_PORT}"
    for scheme in ("http", "https")
    for host in ("localhost", "127.0.0.1", "[::1]")
)
"""Pages of this machine, which a developer's own server serves on any port."""

_ABOUT_THE_LIST = '# The customer\'s groups. Those named "Scenario" are in the tabs beside.'


def demo_workspace(customer: int, issue_token: Callable[[], str]) -> Workspace:
    """The workspace of a customer of the sandbox."""
    group = min(SAMPLE_GROUPS[customer])
    first = Tab(f"# Press play, or Ctrl-Enter.\n{RENAME}", _variables(group))
    return Workspace(
        tabs=(
            first,
            Tab(f"{_ABOUT_THE_LIST}\n{LIST}", {"filter": {"namePrefix": ""}, "pageSize": 50}),
            *map(_scenario, SCENARIOS),
        ),
        headers={"Customer-Id": str(customer)},
        issue_token=issue_token,
    )


def _scenario(scenario: Scenario) -> Tab:
    comment = fill(scenario.effect, 60, initial_indent="# ", subsequent_indent="# ")
    # the tab is named after its operation
    document = RENAME.replace("RenameContactGroup", f"Scenario{scenario.id}")
    return Tab(f"{comment}\n{document}", _variables(scenario.id))


def _variables(group: int) -> dict[str, object]:
    return {"id": str(group), "input": {"name": "Best customers"}}

"""What a Python client comes to by its recipe: a program for the environment of that client.

Arguments: the folder of the recipe, and `manifest` for its documents in the place of its cases. In
CASES: where the gateways are, and whose tokens. It prints one JSON object.
"""

import asyncio
import importlib
import inspect
import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

Sleep = Callable[[float], Any]


async def done(value: Any) -> Any:
    """What a function has returned, or what it will."""
    return await value if inspect.isawaitable(value) else value


def typename(result: Any) -> str:
    """The name of the member of the union."""
    return str(result["__typename"] if isinstance(result, dict) else result.typename__)


async def refusal(recipe: Any, attempt: Callable[[], Any]) -> object:
    """What the recipe makes of an error."""
    try:
        return {"answered": await done(attempt())}
    except Exception as error:  # noqa: BLE001 - each client has its own
        return recipe.refusal_of(error)


async def cases(recipe: Any, given: dict[str, Any]) -> dict[str, object]:
    """All of them."""
    url, token = given["url"] + "/graphql", given["tokens"]["5690"]
    client = recipe.connect(url, token, 5690)
    groups = await done(recipe.list_groups(client))
    others = recipe.connect(url, given["tokens"]["7310"], 7310)
    mutation = {}
    for scenario in given["scenarios"]:
        result = await done(recipe.rename(client, scenario, f"Renamed {scenario}"))
        mutation[scenario] = {"member": typename(result), "sentence": recipe.sentence(result)}
    waited: list[float] = []
    sleep: Sleep = waited.append
    if inspect.iscoroutinefunction(recipe.rename):
        sleep = _async(waited.append)
    retried = await done(
        recipe.rename_with_retries(lambda: recipe.rename(client, "429", "New"), sleep=sleep)
    )
    limited = given["limitedUrl"] + "/graphql"
    first, second = (recipe.connect(limited, token, 5690) for _ in range(2))
    await refusal(recipe, lambda: recipe.list_groups(first))
    listed = recipe.connect(given["listedUrl"] + "/graphql", token, 5690)
    wrong = recipe.connect(url, "wrong", 5690)
    return {
        "query": len(groups),
        "customers": ["Suppliers" in groups, "Suppliers" in await done(recipe.list_groups(others))],
        "mutation": mutation,
        "unauthenticated": await refusal(recipe, lambda: recipe.list_groups(wrong)),
        "unprocessable": await refusal(recipe, lambda: recipe.rename(client, None, "New")),
        "limited": await refusal(recipe, lambda: recipe.list_groups(second)),
        "retries": {"waited": waited, "member": typename(retried)},
        "trusted": [
            len(await done(recipe.list_groups(listed))),
            typename(await done(recipe.rename(listed, "422", "New"))),
        ],
    }


def _async(note: Callable[[float], None]) -> Callable[[float], Awaitable[None]]:
    async def sleep(seconds: float) -> None:
        note(seconds)

    return sleep


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    loaded = importlib.import_module("recipe")
    if "manifest" in sys.argv:
        sys.stdout.write(json.dumps(loaded.manifest()))
    else:
        sys.stdout.write(json.dumps(asyncio.run(cases(loaded, json.loads(os.environ["CASES"])))))

"""What a benchmark needs that `make setup` does not install."""

import shutil
from collections.abc import Mapping

__all__ = ["missing"]

_WHERE_FROM: Mapping[str, str] = {
    "nginx": "apt-get install nginx-light, and stop the service that it starts",
    "wrk": "apt-get install wrk",
    "taskset": "apt-get install util-linux",
    "node": "Node.js 20 or newer, from nodejs.org or apt-get install nodejs",
    "npm": "comes with Node.js, or apt-get install npm",
}


def missing() -> list[str]:
    """A line for each program that is not there, and how to get it."""
    return [
        f"{program} is missing: {where_from}"
        for program, where_from in _WHERE_FROM.items()
        if shutil.which(program) is None
    ]

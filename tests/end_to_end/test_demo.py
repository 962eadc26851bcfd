"""The demo as a newcomer meets it: the command, what it prints, and a restart."""

import contextlib
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx


@contextlib.contextmanager
def demo(data: Path) -> Iterator[str]:
    """Run `contact-gateway demo` on free ports until Ctrl-C, and say what it prints."""
    command = [sys.executable, "-m", "contact_gateway", "demo", "--data", str(data)]
    with subprocess.Popen(  # noqa: S603 - our own command
        [*command, "--port", "0", "--sandbox-port", "0"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(line)
            if line.startswith("Ctrl-C"):
                break
        yield "".join(printed)
        process.send_signal(signal.SIGINT)
    assert process.returncode == 0


def run_curl(printed: str) -> Any:
    """Send the request of the curl line that the demo printed; its reply."""
    (line,) = (line for line in printed.splitlines() if line.startswith("curl "))
    _, url, *options = shlex.split(line)
    *headers, body = options[1::2]  # each -H, then -d
    with httpx.Client(trust_env=False, timeout=30) as http:
        return http.post(
            url, content=body, headers=dict(header.split(": ", 1) for header in headers)
        ).json()


def groups(printed: str) -> list[str]:
    """The names of the groups that the demo printed."""
    return re.findall(r"^Group +\d+  (.*)$", printed, re.MULTILINE)


def test_a_restart_of_the_demo(tmp_path: Path) -> None:
    """The printed curl line renames a group, and a restart on the same file shows the new name."""
    data = tmp_path / "groups.db"

    with demo(data) as printed:
        reply = run_curl(printed)
    with demo(data) as printed_again:
        run_curl(printed_again)  # Ctrl-C in the middle of the start would be another story

    assert (groups(printed), reply["data"], groups(printed_again)) == (
        ["High value customers", "Suppliers", "Subcontractors"],
        {
            "updateContactGroup": {
                "__typename": "UpdateContactGroupSuccess",
                "contactGroup": {"id": "5514123", "name": "Best customers"},
                "outcome": "APPLIED",
            }
        },
        ["Best customers", "Suppliers", "Subcontractors"],
    )

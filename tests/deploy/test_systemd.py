"""The unit of deploy/systemd: what must agree with the gateway, and what systemd thinks of it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from contact_gateway.settings import Settings
from tests.readme import ROOT
from tests.thorough import program

UNIT = ROOT / "deploy" / "systemd" / "contact-gateway.service"
TEXT = UNIT.read_text(encoding="utf-8")
OPTIONS = dict(re.findall(r"^(\w+)=(.*)$", TEXT, re.MULTILINE))
MOST_EXPOSED = 15  # in tenths: the network is what it is for, and some of it is left open for that


def test_what_it_starts_and_stops() -> None:
    """It is told when `serve` is up, reloads by SIGHUP, and stops the workers through their parent.

    There is time for the pause, the deadline and a second before it is killed.
    """
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    needed = defaults["drain_pause"] + defaults["upstream_deadline"] + 1

    assert (OPTIONS["Type"], OPTIONS["KillMode"]) == ("notify", "mixed")
    assert OPTIONS["ExecStart"].endswith("/contact-gateway serve")
    assert OPTIONS["ExecReload"].endswith("kill -HUP $MAINPID")
    assert int(OPTIONS["TimeoutStopSec"]) > needed


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit as it would be where this gateway is installed."""
    installed = tmp_path / UNIT.name
    command = Path(sys.executable).with_name("contact-gateway")
    installed.write_text(
        TEXT.replace("/opt/contact-gateway/bin/contact-gateway", str(command)), encoding="utf-8"
    )
    return installed


def analyzed(*arguments: object) -> tuple[int, str]:
    """The status and the words of systemd-analyze."""
    command = [program("systemd-analyze"), "--no-pager", *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return ended.returncode, ended.stdout + ended.stderr


def test_verify(unit: Path) -> None:
    """Every line is understood."""
    assert analyzed("verify", "--man=no", unit) == (0, "")


def test_security(unit: Path) -> None:
    """The process may do little but to serve."""
    status, said = analyzed("security", "--offline=true", f"--threshold={MOST_EXPOSED}", unit)

    assert status == 0, said

"""`contact-gateway serve` says where it listens."""

import signal
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from contact_gateway.sandbox import Sandbox
from tests.servers import await_ready, environment_for


@pytest.mark.parametrize("workers", [1, 2])
def test_listening(sandbox: Sandbox, tmp_path: Path, workers: int) -> None:
    """One line of the log names the address and the true port, whoever serves there."""
    settings = {"port": 0, "workers": workers, "drain_pause": 0}
    process = subprocess.Popen(
        [sys.executable, "-m", "contact_gateway", "serve"],
        cwd=tmp_path,
        env=environment_for(sandbox.url, **settings),
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stderr is not None
        try:
            lines = map(orjson.loads, process.stderr)
            told = next(line for line in lines if line["event"] == "listening")
            url = f"http://{told['address']}:{told['port']}/readyz"
            await_ready(url, lambda: process.poll() is None)
            process.send_signal(signal.SIGTERM)
            others = [line["event"] for line in lines]
        finally:
            process.kill()

    assert (told["address"], told["level"], process.returncode) == ("127.0.0.1", "info", 0)
    assert "Application startup complete." in others
    assert "listening" not in others

"""nginx, as Debian has it, with a private authority and client certificates, before the sandbox."""

import contextlib
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import trustme
from typer.testing import CliRunner

from contact_gateway.cli import app
from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.conftest import IssueToken
from tests.egress.tls_relay import Certified
from tests.servers import environment_for, free_port, gateway_before
from tests.thorough import program

OURS: Final = trustme.CA()
CONFIGURATION: Final = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        ssl_client_certificate {folder}/authorities.pem;
        ssl_verify_client on;
        location / {{ proxy_pass {sandbox}; proxy_set_header Connection ""; }}
    }}
}}
"""


@contextlib.contextmanager
def nginx(sandbox: Sandbox, folder: Path) -> Iterator[str]:
    """Run it; its URL. It listens when the block begins."""
    path, port = program("nginx"), free_port()
    Certified.of(OURS.issue_cert("127.0.0.1"), folder, "server")
    (folder / "authorities.pem").write_bytes(OURS.cert_pem.bytes())
    text = CONFIGURATION.format(folder=folder, port=port, sandbox=sandbox.url)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    process = subprocess.Popen(  # noqa: S603 - Debian's own
        [path, "-c", str(folder / "nginx.conf"), "-p", str(folder)], stderr=subprocess.DEVNULL
    )
    with process:
        try:
            waiting = threading.Event()
            for _ in range(1000):
                assert process.poll() is None, "nginx ended"
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                waiting.wait(0.02)
            yield f"https://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.mark.parametrize("certified", [True, False])
@pytest.mark.usefixtures("nowhere")
def test_a_rename(
    sandbox: Sandbox, issue_token: IssueToken, tmp_path: Path, *, certified: bool
) -> None:
    """It is made with a certificate of the authority; without, it is not, and `check` says why."""
    with nginx(sandbox, tmp_path) as url:
        own = Certified.issued(OURS, tmp_path, "gateway").settings() if certified else {}
        changes = {"upstream_url": url, "ca_file": str(tmp_path / "authorities.pem"), **own}
        checked = CliRunner().invoke(app, ["check"], env=environment_for(sandbox.url, **changes))
        with gateway_before(sandbox, **changes) as gateway:
            client = Client(gateway, issue_token())
            with client.http:
                result = client.rename("5514123", {"name": "Best customers"})

    wanted = f"upstream {url}: it wants a client certificate. Set CONTACT_GATEWAY_UPSTREAM_CLIENT"
    assert (checked.exit_code, wanted in checked.output) == ((0, False) if certified else (1, True))
    assert result["outcome"] == ("APPLIED" if certified else "NOT_APPLIED")

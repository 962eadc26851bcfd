"""nginx with the configuration of deploy/, but for addresses and places of files."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.readme import ROOT
from tests.servers import await_ready, free_port
from tests.thorough import program

__all__ = ["nginx_before"]

_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def _configuration(port: int, folder: Path, replicas: list[str]) -> str:
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    addresses = [*replicas, *["127.0.0.1:9 down"] * 3]
    for number, address in enumerate(addresses[:3], 1):
        text = text.replace(f"gateway-{number}:8000", address)
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}")
    text = text.replace("/dev/stderr", f"{folder}/error.log")
    text = text.replace("/dev/stdout", f"{folder}/access.log")
    places = "".join(f"    {kind}_temp_path {folder}/{kind};\n" for kind in _TEMPORARY)
    return text.replace("http {\n", f"http {{\n{places}")


@contextlib.contextmanager
def nginx_before(folder: Path, *replicas: str) -> Iterator[str]:
    """Run nginx before replicas, each `host:port`; its URL. It answers when the block begins."""
    port = free_port()
    path = folder / "nginx.conf"
    path.write_text(_configuration(port, folder, list(replicas)), encoding="utf-8")
    more = f"daemon off; pid {folder}/nginx.pid;"
    process = subprocess.Popen(  # noqa: S603 - Debian's own
        [program("nginx"), "-c", str(path), "-p", str(folder), "-g", more],
        stderr=subprocess.DEVNULL,
    )
    with process:
        try:
            url = f"http://127.0.0.1:{port}"
            await_ready(url, lambda: process.poll() is None, status=404)
            yield url
        finally:
            process.terminate()

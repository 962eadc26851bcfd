"""A contestant: Hive Gateway from the npm registry, over an OpenAPI document of the operation."""

import json
import os
import shutil
import subprocess
from pathlib import Path

__all__ = ["FOLDER", "command", "compose", "install", "version"]

FOLDER = Path(__file__).with_name("hive_gateway")
_MODULES = FOLDER / "node_modules"
_GATEWAY = _MODULES / "@graphql-hive" / "gateway" / "dist" / "bin.js"


def install() -> None:
    """Install what package-lock.json names, unless that is what was installed last."""
    wanted = FOLDER / "package-lock.json"
    installed = _MODULES / "installed-package-lock.json"
    if installed.exists() and installed.read_bytes() == wanted.read_bytes():
        return
    arguments = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run([_found("npm"), "ci", *arguments], cwd=FOLDER, check=True)
    shutil.copy(wanted, installed)


def compose(upstream_url: str, folder: Path) -> Path:
    """Make the supergraph that the gateway serves from openapi.json; its file in `folder`."""
    supergraph = folder / "supergraph.graphql"
    compose_command = [str(_MODULES / ".bin" / "mesh-compose"), "-c", "mesh.config.mjs"]
    subprocess.run(
        [*compose_command, "-o", str(supergraph)],
        cwd=FOLDER,
        env={**os.environ, "UPSTREAM_URL": upstream_url},
        check=True,
        capture_output=True,
    )
    return supergraph


def command(supergraph: Path, port: int) -> list[str]:
    """How the gateway is started: one process, nothing switched off or on."""
    # its option --jit, off by default, took off a fifth at 32 connections and nothing at 256
    # (2.15.1, Node.js 20, November 2026)
    listen = ["--host", "127.0.0.1", "--port", str(port)]
    return [_found("node"), str(_GATEWAY), "supergraph", str(supergraph), *listen]


def version() -> str:
    """The version that package-lock.json names."""
    lock = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
    found: str = lock["packages"]["node_modules/@graphql-hive/gateway"]["version"]
    return found


def _found(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise FileNotFoundError(name)
    return path

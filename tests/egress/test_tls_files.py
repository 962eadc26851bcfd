"""Files of TLS that settings name: what is wrong with one is said before anything is served."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from typer.testing import CliRunner

from contact_gateway.cli import app
from contact_gateway.egress import Egress
from contact_gateway.settings import FilesError, Settings, load_settings
from tests.egress.tls_relay import Certified

pytestmark = pytest.mark.usefixtures("nowhere")

AUTHORITY: Final = trustme.CA()
ALONE: Final = {"upstream_url": "https://localhost:1", "token_verification": "upstream"}


def lines_of(**files: object) -> list[str]:
    """What keeps a gateway with these files from starting: each setting, and why."""
    with pytest.raises(FilesError) as caught:
        Egress(load_settings(_env_file=None, **ALONE, **files))
    found = []
    for line in caught.value.lines:
        name, _, rest = line.partition(": expected ")
        field = Settings.model_fields.get(name.removeprefix("CONTACT_GATEWAY_").lower())
        said = f" {field.description} " if field else " "
        found.append(f"{name}: {rest.rpartition(said.strip())[2].strip() if field else rest}")
    return found


def run_serve() -> tuple[int, str]:
    """The exit status of `serve` in a process of its own, and which variable it names."""
    ended = subprocess.run(
        [sys.executable, "-m", "contact_gateway", "serve"],
        capture_output=True,
        timeout=30,
        check=False,
    )
    return ended.returncode, ended.stderr.decode().partition(":")[0]


@pytest.fixture
def own(tmp_path: Path) -> Certified:
    """A good certificate and its key."""
    return Certified.issued(AUTHORITY, tmp_path, "own")


@pytest.fixture
def junk(tmp_path: Path) -> Path:
    """A file with something else in it."""
    path = tmp_path / "junk"
    path.write_text("hunter2", encoding="utf-8")
    return path


BROKEN: Final = "-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "(there is no such file)"),
        ("", "(the file is empty)"),
        ("hunter2", "(there is no certificate in PEM in it)"),
        (BROKEN, "(OpenSSL cannot read it: SSLError)"),
    ],
)
def test_authorities(tmp_path: Path, content: str | None, fault: str) -> None:
    """A file of authorities that cannot be used is one line, which quotes nothing of it."""
    path = tmp_path / "authorities"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    assert lines_of(ca_file=str(path)) == [f"CONTACT_GATEWAY_CA_FILE: {fault}"]


def test_a_certificate_that_is_none(own: Certified, junk: Path) -> None:
    """It is told, whatever the key is."""
    found = lines_of(upstream_client_certificate=str(junk), upstream_client_key=str(own.key))

    assert found == [
        "CONTACT_GATEWAY_UPSTREAM_CLIENT_CERTIFICATE: (there is no certificate in PEM in it)"
    ]


def test_files_that_are_not_there() -> None:
    """Each is told."""
    found = lines_of(
        ca_file="missing", upstream_client_certificate="missing", upstream_client_key="missing"
    )

    assert sorted({line.partition(":")[0].removeprefix("CONTACT_GATEWAY_") for line in found}) == [
        "CA_FILE",
        "UPSTREAM_CLIENT_CERTIFICATE",
        "UPSTREAM_CLIENT_KEY",
    ]


@pytest.mark.parametrize("which", ["another", "none", "with a passphrase"])
def test_a_key(own: Certified, junk: Path, tmp_path: Path, which: str) -> None:
    """One that does not fit, is none or wants a passphrase is told as that, and nobody is asked."""
    issued = AUTHORITY.issue_cert("other@example.test")
    key = tmp_path / "key.pem"
    key.write_bytes(issued.private_key_pem.bytes())
    if which == "with a passphrase":
        loaded = serialization.load_pem_private_key(own.key.read_bytes(), None)
        key.write_bytes(
            loaded.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(b"hunter2"),
            )
        )
    path = junk if which == "none" else key

    found = lines_of(
        upstream_client_certificate=str(own.certificate), upstream_client_key=str(path)
    )

    assert found == [
        "CONTACT_GATEWAY_UPSTREAM_CLIENT_KEY: "
        + {
            "another": "(the key is not that of the certificate)",
            "none": "(there is no private key in PEM in it)",
            "with a passphrase": "(the key has a passphrase)",
        }[which]
    ]


def test_a_key_alone(own: Certified) -> None:
    """It is of no use without a certificate."""
    assert lines_of(upstream_client_key=str(own.key)) == [
        "CONTACT_GATEWAY_UPSTREAM_CLIENT_CERTIFICATE: (missing)"
    ]


def test_both_in_one_file(own: Certified, tmp_path: Path) -> None:
    """A file with certificate and key is enough; without the key, it is not."""
    path = tmp_path / "both.pem"
    path.write_bytes(own.certificate.read_bytes() + own.key.read_bytes())
    settings = load_settings(_env_file=None, **ALONE, upstream_client_certificate=str(path))

    assert Egress(settings).to_rest_api.has_certificate
    assert lines_of(upstream_client_certificate=str(own.certificate)) == [
        "CONTACT_GATEWAY_UPSTREAM_CLIENT_CERTIFICATE: (there is no private key in PEM in it)"
    ]


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_what_openssl_is_told(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    """Its own variables keep the gateway from starting, where they name what is not there."""
    monkeypatch.setenv(variable, "/nowhere/at-all")

    assert [line.partition(":")[0] for line in lines_of()] == [variable]


def test_check(monkeypatch: pytest.MonkeyPatch, junk: Path) -> None:
    """It says what the gateway would end with."""
    monkeypatch.setenv("CONTACT_GATEWAY_UPSTREAM_URL", "https://localhost:1")
    monkeypatch.setenv("CONTACT_GATEWAY_TOKEN_VERIFICATION", "upstream")
    monkeypatch.setenv("CONTACT_GATEWAY_CA_FILE", str(junk))

    result = CliRunner().invoke(app, ["check"])

    assert (result.exit_code, "hunter2" in result.output) == (2, False)
    assert result.output.splitlines()[-1].endswith(
        "(there is no certificate in PEM in it). The gateway does not start until that is mended."
    )


def test_serve(monkeypatch: pytest.MonkeyPatch, junk: Path) -> None:
    """It ends with 2, and that line."""
    monkeypatch.setenv("CONTACT_GATEWAY_UPSTREAM_URL", "https://localhost:1")
    monkeypatch.setenv("CONTACT_GATEWAY_TOKEN_VERIFICATION", "upstream")
    monkeypatch.setenv("CONTACT_GATEWAY_PORT", "0")
    monkeypatch.setenv("CONTACT_GATEWAY_CA_FILE", str(junk))

    assert run_serve() == (2, "CONTACT_GATEWAY_CA_FILE")

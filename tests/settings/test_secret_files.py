"""Secrets in files: read like variables, told of like variables, and never shown."""

import pickle
from pathlib import Path
from typing import Final

import pytest
from pydantic import SecretStr

from contact_gateway.settings import (
    FilesError,
    Settings,
    SettingsError,
    load_settings,
    with_files_read_anew,
)

pytestmark = pytest.mark.usefixtures("nowhere")

ALONE: Final = {"upstream_url": "https://api.example.com", "token_verification": "upstream"}
SECRETS: Final = {
    "upstream_client_secret": "hunter2",
    "token_introspection_client_secret": "hunter2",
    "rate_limit_storage": "redis://:hunter2@redis:6379",
    "proxy": "http://me:hunter2@proxy.test:3128",
}


def load(**values: object) -> Settings:
    """The settings of a gateway that needs little."""
    return load_settings(_env_file=None, **ALONE, **values)


def line(name: str, fault: str) -> str:
    """The line about a setting that names a file."""
    expected = Settings.model_fields[name].description
    return f"CONTACT_GATEWAY_{name.upper()}: expected {expected} ({fault})"


def test_every_secret() -> None:
    """Each setting that is one may be in a file."""
    secrets = {
        name
        for name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation)
    }

    assert secrets == SECRETS.keys()
    assert {f"{name}_file" for name in secrets} <= Settings.model_fields.keys()


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("begin", ["", "\ufeff"])
@pytest.mark.parametrize("name", SECRETS)
def test_in_a_file(tmp_path: Path, name: str, begin: str, end: str) -> None:
    """It is the setting, without what an editor adds; it is in no text, and workers get it."""
    path = tmp_path / "secret"
    path.write_bytes(f"{begin}{SECRETS[name]}{end}".encode())

    settings = load(**{f"{name}_file": str(path)})

    assert getattr(settings, name) == SecretStr(SECRETS[name])
    assert getattr(pickle.loads(pickle.dumps(settings)), name) == SecretStr(SECRETS[name])  # noqa: S301
    assert "hunter2" not in f"{settings} {settings!r} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "there is no such file"),
        (b"", "the file is empty"),
        (b"\n", "the file is empty"),
        (b"\xff\xfe", "it is no text in UTF-8"),
        (b"x" * 65_537, "the file has more than 65536 bytes"),
    ],
)
def test_a_file_that_holds_none(tmp_path: Path, content: bytes | None, fault: str) -> None:
    """It is one line that names the setting of the file, whatever else is wrong."""
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SettingsError) as caught:
        load(upstream_client_secret_file=str(path), port="x")

    [port, secret] = caught.value.lines
    assert (port.partition(":")[0], secret) == (
        "CONTACT_GATEWAY_PORT",
        line("upstream_client_secret_file", fault),
    )


@pytest.mark.parametrize("path", ["", "."])
def test_what_is_no_file(path: str) -> None:
    """To open it could wait for ever, or mean nothing: it is told."""
    with pytest.raises(SettingsError) as caught:
        load(proxy_file=path)

    assert caught.value.lines == [line("proxy_file", "it is no regular file")]


@pytest.mark.parametrize("name", ["proxy", "rate_limit_storage"])
def test_a_file_with_something_else(tmp_path: Path, name: str) -> None:
    """What the setting would not be is told of the file, and not repeated."""
    path = tmp_path / "secret"
    path.write_text("hunter2", encoding="utf-8")

    with pytest.raises(SettingsError) as caught:
        load(**{f"{name}_file": str(path)})

    assert caught.value.lines == [line(f"{name}_file", "the file holds something else")]


@pytest.mark.parametrize("name", SECRETS)
def test_both(tmp_path: Path, name: str) -> None:
    """Which of them counts, nobody could know."""
    path = tmp_path / "secret"
    path.write_text(SECRETS[name], encoding="utf-8")

    with pytest.raises(SettingsError) as caught:
        load(**{f"{name}_file": str(path), name: SECRETS[name]})

    assert caught.value.lines == [line(f"{name}_file", "what it holds is set too")]


def test_what_is_missing_with_a_file_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is told, and not also what should be in it."""
    variables = {
        "UPSTREAM_URL": "https://api.example.com",
        "JWT_ISSUER": "https://issuer.example.com",
        "JWT_AUDIENCE": "contact-gateway",
        "UPSTREAM_AUTH": "client_credentials",
        "UPSTREAM_TOKEN_URL": "https://api.example.com/auth/tokens",
        "UPSTREAM_CLIENT_ID": "gateway",
        "UPSTREAM_CLIENT_SECRET_FILE": "missing",
        "JWT_CUSTOMER_CLAIM": "customer_id",
    }
    for name, text in variables.items():
        monkeypatch.setenv(f"CONTACT_GATEWAY_{name}", text)

    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert caught.value.lines == [line("upstream_client_secret_file", "there is no such file")]


def test_read_anew(tmp_path: Path) -> None:
    """What the file holds then counts, and nothing else changes; what is broken raises."""
    path = tmp_path / "secret"
    path.write_text("hunter2", encoding="utf-8")
    settings = load(upstream_client_secret_file=str(path), proxy="http://a:b@proxy.test", port=1)
    path.write_text("hunter3", encoding="utf-8")
    anew = with_files_read_anew(settings)
    path.unlink()

    with pytest.raises(FilesError) as caught:
        with_files_read_anew(anew)

    changed = {"upstream_client_secret": SecretStr("hunter3")}
    assert {name: getattr(anew, name) for name in Settings.model_fields} == {
        **{name: getattr(settings, name) for name in Settings.model_fields},
        **changed,
    }
    assert caught.value.lines == [line("upstream_client_secret_file", "there is no such file")]

"""Variables that begin as settings do and are none: misspelt ones, and those of Kubernetes."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from contact_gateway.cli import app
from contact_gateway.settings import PREFIX, Settings, SettingsError, load_settings

pytestmark = pytest.mark.usefixtures("nowhere")

UNKNOWN = {
    "PROT": "the nearest is CONTACT_GATEWAY_PORT",
    "JWT_CUSTOMERS_CLAIM": "the nearest is CONTACT_GATEWAY_JWT_CUSTOMER_CLAIM",
    "SERVICE_HOSTS": "none is near",
    "REDIS_PORT": "the nearest is CONTACT_GATEWAY_METRICS_PORT",
    "": "none is near",
}
"""Names of no setting, with what is said of each."""


def load(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], **values: object) -> Settings:
    """The settings of an environment that has these variables beside what is needed."""
    for name, text in variables.items():
        monkeypatch.setenv(PREFIX + name, text)
    return load_settings(
        upstream_url="https://api.example.com", token_verification="upstream", **values
    )


def unknown(name: str) -> str:
    """The line about a name of no setting."""
    return f"{PREFIX}{name}: expected the name of a setting ({UNKNOWN[name]})"


@pytest.mark.parametrize("name", UNKNOWN)
@pytest.mark.parametrize("text", ["hunter2", "80", ""])
def test_unknown_name(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    """A variable that is no setting is one line, with the setting that was probably meant."""
    with pytest.raises(SettingsError) as caught:
        load(monkeypatch, {name: text})

    assert caught.value.lines == [unknown(name)]


@pytest.mark.parametrize(("command", "status"), [("serve", 2), ("check", 2)])
def test_a_command_with_an_unknown_name(command: str, status: int) -> None:
    """It ends as with any wrong setting, and tells of the others that are wrong too."""
    result = CliRunner().invoke(app, [command], env={f"{PREFIX}PROT": "9000"})

    assert (result.exit_code, result.output.splitlines()[0]) == (status, unknown("PROT"))
    assert f"{PREFIX}UPSTREAM_URL: expected " in result.output


def test_unknown_name_in_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is refused there too, together with what else is wrong."""
    text = f"{PREFIX}PROT=9000\n{PREFIX}REDIS_PORT\nOTHER=ignored\n"
    (tmp_path / ".env").write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError) as caught:
        load(monkeypatch, {"WORKERS": "x"})

    assert caught.value.lines[:-1] == [unknown("PROT"), unknown("REDIS_PORT")]
    assert caught.value.lines[-1].startswith(f"{PREFIX}WORKERS: ")


def test_a_file_that_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is in it does not matter."""
    (tmp_path / ".env").write_text(f"{PREFIX}PROT=9000\n", encoding="utf-8")

    assert load(monkeypatch, {}, _env_file=None).port == 8000


def test_unknown_name_beside_settings_that_need_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt setting and what is missing without it are told together."""
    with pytest.raises(SettingsError) as caught:
        load(monkeypatch, {"TRUSTED_DOCUMENTS_MODE": "log", "PROT": "9000"})

    assert caught.value.lines[0] == unknown("PROT")
    assert [line.partition(":")[0] for line in caught.value.lines[1:]] == [
        f"{PREFIX}TRUSTED_DOCUMENTS"
    ]


def service_links(name: str, protocol: str) -> dict[str, str]:
    """What Kubernetes sets for a Service, but for its PORT; `name` ends that of the Service."""
    port = f"{name}PORT_80_{protocol}"
    return {
        f"{name}SERVICE_HOST": "10.0.0.1",
        f"{name}SERVICE_PORT": "80",
        f"{name}SERVICE_PORT_HTTP": "80",
        f"{name}SERVICE_PORT_HTTP_ADMIN": "81",
        port: f"{protocol.lower()}://10.0.0.1:80",
        f"{port}_PROTO": protocol.lower(),
        f"{port}_PORT": "80",
        f"{port}_ADDR": "10.0.0.1",
    }


def test_variables_of_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Kubernetes sets for a Service called contact-gateway, or longer, is ignored."""
    longer = {**service_links("REDIS_", "UDP"), "REDIS_PORT": "udp://10.0.0.1:80"}

    settings = load(monkeypatch, {**service_links("", "TCP"), **longer})

    assert settings.port == 8000


def test_the_port_of_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Kubernetes has set the port, it is said who did and how to stop that."""
    with pytest.raises(SettingsError) as caught:
        load(monkeypatch, {**service_links("", "TCP"), "PORT": "tcp://10.0.0.1:80"})

    assert str(caught.value) == (
        "CONTACT_GATEWAY_PORT: expected the port to listen on, 0 to 65535 (it comes from "
        "Kubernetes, for a Service of the same name: set enableServiceLinks: false in the "
        "specification of the pod)"
    )

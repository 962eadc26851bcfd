"""The files of deploy/: what must agree with the gateway and with each other."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values
from typer.main import get_command

from contact_gateway.cli import app
from contact_gateway.settings import PREFIX, Settings
from tests.readme import ROOT

DEPLOY = ROOT / "deploy"
BASE = DEPLOY / "kubernetes" / "kustomization.yaml"
SETTINGS_FILE = BASE.with_name("settings.env")
MANIFESTS = sorted(set((DEPLOY / "kubernetes").glob("*.yaml")) - {BASE})
DEFAULTS = {name: field.default for name, field in Settings.model_fields.items()}


def documents(path: Path) -> list[Any]:
    """The documents of a YAML file."""
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


KUBERNETES = {
    document["kind"]: document
    for path in MANIFESTS
    for document in documents(path)
    if document["metadata"]["name"] == "contact-gateway"
}
SETTINGS = {name: value or "" for name, value in dotenv_values(SETTINGS_FILE).items()}
POD = KUBERNETES["Deployment"]["spec"]["template"]
COMPOSE = documents(DEPLOY / "compose.yaml")[0]["services"]

FOR_TESTS = documents(DEPLOY / "compose.tests.yaml")[0]["services"]["contact-gateway"]


def names_of_settings(environment: dict[str, str]) -> set[str]:
    """The settings that an environment gives, by their names in Settings."""
    return {name.removeprefix(PREFIX).lower() for name in environment}


def test_kinds() -> None:
    """There is everything that a service on Kubernetes needs, each with a name and a version."""
    assert set(KUBERNETES) == {
        "Deployment",
        "HorizontalPodAutoscaler",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "Service",
    }
    assert documents(BASE)[0]["resources"] == [path.name for path in MANIFESTS]
    assert documents(BASE)[0]["configMapGenerator"][0]["envs"] == [SETTINGS_FILE.name]


@pytest.mark.parametrize(
    "environment",
    [
        SETTINGS,
        COMPOSE["gateway-1"]["environment"],
        FOR_TESTS["environment"],
    ],
    ids=["kubernetes", "compose", "tests"],
)
def test_environment(environment: dict[str, str]) -> None:
    """Every variable is a setting, and every value a string."""
    assert names_of_settings(environment) <= set(DEFAULTS)
    assert {type(value) for value in environment.values()} == {str}


def test_secrets_of_compose() -> None:
    """Each variable names a setting, and a file that is mounted into every replica."""
    overlay = documents(DEPLOY / "compose.secrets.yaml")[0]
    services, secrets = overlay["services"], overlay["secrets"]
    environment = services["gateway-1"]["environment"]
    mounted = [f"/run/secrets/{name}" for name in services["gateway-1"]["secrets"]]

    assert names_of_settings(environment) <= set(DEFAULTS)
    assert (list(environment.values()), [*secrets]) == (mounted, services["gateway-1"]["secrets"])
    assert services.keys() == {name for name in COMPOSE if name.startswith("gateway-")}


def test_secrets_of_kubernetes() -> None:
    """They are mounted whole, so that a change arrives, and their user may read them."""
    [mount] = [each for each in POD["spec"]["containers"][0]["volumeMounts"] if "readOnly" in each]
    [volume] = [each for each in POD["spec"]["volumes"] if each["name"] == mount["name"]]
    text = SETTINGS_FILE.read_text(encoding="utf-8")

    assert ("subPath" in mount, volume["secret"]["optional"]) == (False, True)
    assert POD["spec"]["securityContext"]["fsGroup"] == POD["spec"]["securityContext"]["runAsUser"]
    assert f"_FILE={mount['mountPath']}/" in text
    assert volume["secret"]["secretName"] in text


def test_the_environment_of_kubernetes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is all that the gateway needs to start."""
    monkeypatch.chdir(tmp_path)
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)

    settings = Settings()

    assert settings.host == ("0.0.0.0",)  # noqa: S104 - in a container


def test_grace_before_a_kill() -> None:
    """Both leave time for the pause, the deadline and a second."""
    pause = float(SETTINGS[f"{PREFIX}DRAIN_PAUSE"]) + float(SETTINGS[f"{PREFIX}UPSTREAM_DEADLINE"])
    default_pause = DEFAULTS["drain_pause"] + DEFAULTS["upstream_deadline"]
    grace = COMPOSE["gateway-1"]["stop_grace_period"].removesuffix("s")

    assert POD["spec"]["terminationGracePeriodSeconds"] > pause + 1
    assert float(grace) > default_pause + 1


def test_labels_and_ports() -> None:
    """What selects pods selects these pods, and probes ask for what the gateway answers."""
    labels = POD["metadata"]["labels"]
    selectors = [
        KUBERNETES["Service"]["spec"]["selector"],
        KUBERNETES["Deployment"]["spec"]["selector"]["matchLabels"],
        KUBERNETES["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
    ]
    container = POD["spec"]["containers"][0]
    probes = {
        kind: container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "readiness", "liveness")
    }

    assert selectors == [labels] * 3
    assert [port["name"] for port in container["ports"]] == ["http"]
    assert probes == {
        "startup": {"path": "/livez", "port": "http"},
        "readiness": {"path": "/readyz", "port": "http"},
        "liveness": {"path": "/livez", "port": "http"},
    }


def test_variables_of_services() -> None:
    """Kubernetes sets none: the Service's would begin as settings do, one of them as the port."""
    assert POD["spec"]["enableServiceLinks"] is False


def test_autoscaling_and_disruptions() -> None:
    """The autoscaler scales the deployment, and a disruption always leaves more than one."""
    autoscaler = KUBERNETES["HorizontalPodAutoscaler"]["spec"]
    deployment = KUBERNETES["Deployment"]

    assert autoscaler["scaleTargetRef"] == {
        "apiVersion": deployment["apiVersion"],
        "kind": "Deployment",
        "name": deployment["metadata"]["name"],
    }
    assert autoscaler["minReplicas"] > KUBERNETES["PodDisruptionBudget"]["spec"]["minAvailable"] > 1


def test_privileges() -> None:
    """The process is nobody in particular, changes no file but below /tmp, and gains nothing."""
    pod, container = POD["spec"]["securityContext"], POD["spec"]["containers"][0]
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")

    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["runAsNonRoot"]
    assert f"USER {pod['runAsUser']}:{pod['runAsGroup']}" in dockerfile
    assert all(COMPOSE[f"gateway-{number}"]["read_only"] for number in (1, 2, 3))


def test_dockerfile() -> None:
    """Whatever is installed is locked by hash or built here, and the command is a command."""
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
    installs = re.findall(r"pip (?:--python \S+ )?install ([^&\n]+)", dockerfile)
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)

    assert all("--require-hashes" in line or "dist/*.whl" in line for line in installs)
    assert all((ROOT / name).exists() for line in copied for name in line.split())
    assert dockerfile.rstrip().endswith('CMD ["contact-gateway", "serve"]')


def test_nginx() -> None:
    """It knows the replicas of compose.yaml by name and port, and passes the API only."""
    configuration = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    servers = re.findall(r"server (gateway-\d):8000", configuration)
    locations = re.findall(r"location (.+) \{", configuration)

    assert servers == [name for name in COMPOSE if name.startswith("gateway-")]
    assert locations == ["/", "= /graphql"]
    assert COMPOSE["nginx"]["ports"] == ["8080:8080"]


def test_locks() -> None:
    """What runs is locked to the same versions as what is tested."""
    pins = [
        set(re.findall(r"^(\S+==\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements-runtime.lock", "requirements.lock")
    ]

    assert pins[0] < pins[1], "mend it with: make lock"


def test_the_demo_for_tests() -> None:
    """It is a command that there is, and nobody reaches it from elsewhere."""
    [name] = FOR_TESTS["entrypoint"]
    command, *options = FOR_TESTS["command"]
    parsed = get_command(app).commands[command].make_context(command, options).params  # type: ignore[attr-defined]

    assert (name, parsed["host"], parsed["as_json"]) == ("contact-gateway", "0.0.0.0", True)  # noqa: S104
    assert FOR_TESTS["healthcheck"]["test"][-1] == str(parsed["ready_file"])
    assert (parsed["port"], parsed["sandbox_port"]) == (8000, None)
    assert [port.rpartition(":")[0] for port in FOR_TESTS["ports"]] == [
        f"127.0.0.1:{port}" for port in (8000, 8001)
    ]

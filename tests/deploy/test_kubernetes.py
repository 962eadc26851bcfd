"""deploy/kubernetes and the overlay by example, as kustomize puts them together."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from contact_gateway.settings import PREFIX, load_settings
from tests.deploy import container as containers
from tests.deploy.container import debian_testing
from tests.node import install_with_node
from tests.readme import ROOT

__all__ = ["debian_testing"]

DEPLOY = ROOT / "deploy"
OVERLAY = DEPLOY / "overlays" / "production"
OPERATOR = ROOT / "tests" / "deploy" / "prometheus_operator"
VALIDATE = ROOT / "releases" / ".venv" / "bin" / "kubernetes-validate"
Resource = dict[str, Any]


def render(deploy: Path, image: str, output: Path) -> str:
    """What `kubectl apply --kustomize` would send; Debian 12's knows no folders as resources."""
    command = ("kubectl", "kustomize", f"/deploy/{OVERLAY.relative_to(DEPLOY)}")
    volumes = {deploy: "/deploy"}
    with containers.container(output, *command, image=image, volumes=volumes) as running:
        status = running.process.wait(60)
    told = output.read_text(encoding="utf-8")
    assert status == 0, told
    return told


@pytest.fixture(scope="module")
def rendered(debian_testing: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The overlay by example."""
    return render(DEPLOY, debian_testing, tmp_path_factory.mktemp("kubectl") / "output")


def by_name(rendered: str) -> dict[tuple[str, str], Resource]:
    """All that is rendered, by kind and name."""
    found = list(yaml.safe_load_all(rendered))
    named = {(each["kind"], each["metadata"]["name"]): each for each in found}
    assert len(named) == len(found)
    return named


@pytest.fixture
def resources(rendered: str) -> dict[tuple[str, str], Resource]:
    """All of the overlay, by kind and name."""
    return by_name(rendered)


@pytest.mark.parametrize("version", ["1.29", "1.37"])
def test_the_schemas_of_the_api(
    rendered: str, version: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each resource is one, without a property too many; the operator's own is looked at below."""
    assert VALIDATE.exists(), "make dist installs it"
    file = tmp_path_factory.mktemp("rendered") / "all.yaml"
    file.write_text(rendered, encoding="utf-8")

    command = [str(VALIDATE), "--strict", "--kubernetes-version", version, str(file)]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    told = finished.stdout.splitlines()

    others = [line for line in told if " passed for resource " not in line]
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert (len(told), len(others)) == (13, 1)
    assert "ServiceMonitor" in others[0]


@pytest.mark.parametrize(("interval", "reason"), [("30s", ""), ("soon", "must match pattern")])
def test_the_schema_of_the_operator(
    interval: str, reason: str, resources: dict[tuple[str, str], Resource]
) -> None:
    """The monitor is one to the Prometheus operator, and none with a wrong interval."""
    node = install_with_node(OPERATOR)
    monitor = resources["ServiceMonitor", "contact-gateway"]
    monitor["spec"]["endpoints"][0]["interval"] = interval
    finished = subprocess.run(  # noqa: S603 - Debian's own
        [node, OPERATOR / "validate.mjs"],
        input=json.dumps(monitor),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (finished.returncode == 0, reason in finished.stderr) == (reason == "", True)


def test_an_image(resources: dict[tuple[str, str], Resource]) -> None:
    """Ours is named by digest."""
    container = pod(resources["Deployment", "contact-gateway"])["containers"][0]

    assert "@sha256:" in container["image"]


def test_what_is_named_exists(resources: dict[tuple[str, str], Resource]) -> None:
    """Whatever a resource names is there, in the same namespace."""
    namespaces = {
        each["metadata"].get("namespace")
        for (kind, _), each in resources.items()
        if kind != "Namespace"
    }
    missing = {
        (kind, name): wanted
        for (kind, name), resource in resources.items()
        for wanted in named_by(resource)
        if wanted not in resources
    }

    assert (missing, namespaces) == ({}, {"contact-gateway"})
    assert ("Namespace", "contact-gateway") in resources


def test_the_settings(
    resources: dict[tuple[str, str], Resource],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """With what the overlay gives, secrets too, the gateway starts."""
    monkeypatch.chdir(tmp_path)
    [configuration] = [each for (kind, _), each in resources.items() if kind == "ConfigMap"]
    given = {
        **configuration["data"],
        **resources["Secret", "contact-gateway"]["stringData"],
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    settings = load_settings()

    assert (settings.upstream_auth.value, settings.upstream_client_id) == (
        "client_credentials",
        "your-client-id",
    )


def test_another_setting(
    debian_testing: str, resources: dict[tuple[str, str], Resource], tmp_path: Path
) -> None:
    """One that is changed replaces the pods, which read it when they start, and nothing else."""
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    with (tmp_path / "deploy" / OVERLAY.relative_to(DEPLOY) / "settings.env").open("a") as file:
        file.write("CONTACT_GATEWAY_RATE_LIMIT=5/second\n")

    changed = by_name(render(tmp_path / "deploy", debian_testing, tmp_path / "output"))
    names = [name for kind, name in changed if kind == "ConfigMap"]
    differ = {
        key for key in resources.keys() | changed.keys() if resources.get(key) != changed.get(key)
    }

    assert [changed["ConfigMap", name]["data"]["CONTACT_GATEWAY_RATE_LIMIT"] for name in names] == [
        "5/second"
    ]
    assert {key for key in differ if key[0] != "ConfigMap"} == {("Deployment", "contact-gateway")}


def named_by(resource: Resource) -> Iterator[tuple[str, str]]:
    """The resources that a resource names: kind and name."""
    spec = resource.get("spec", {})
    if resource["kind"] == "Deployment":
        yield from sources_of(pod(resource))
    if resource["kind"] == "HorizontalPodAutoscaler":
        yield spec["scaleTargetRef"]["kind"], spec["scaleTargetRef"]["name"]
    if resource["kind"] == "Ingress":
        for rule in spec["rules"]:
            for path in rule["http"]["paths"]:
                yield "Service", path["backend"]["service"]["name"]
    storage = resource.get("data", {}).get(f"{PREFIX}RATE_LIMIT_STORAGE")
    if storage is not None:
        yield "Service", str(urlsplit(storage).hostname)


def sources_of(pod: Resource) -> Iterator[tuple[str, str]]:
    """What the environment of a pod's containers is taken from."""
    kinds = {"configMapRef": "ConfigMap", "secretRef": "Secret"}
    for container in pod["containers"]:
        for source in container.get("envFrom", []):
            yield from ((kind, source[key]["name"]) for key, kind in kinds.items() if key in source)


def pod(resource: Resource) -> Resource:
    """The pod of a deployment."""
    return resource["spec"]["template"]["spec"]  # type: ignore[no-any-return]


def selectors(resources: Mapping[tuple[str, str], Resource]) -> Iterator[tuple[str, Any, set[Any]]]:
    """Every selector of pods, with whose it is, and the ports that are meant of these pods."""
    for (kind, name), resource in resources.items():
        spec = resource.get("spec", {})
        if kind == "Service":
            yield f"{kind} {name}", spec["selector"], {port["targetPort"] for port in spec["ports"]}
        if kind == "PodDisruptionBudget":
            yield f"{kind} {name}", spec["selector"]["matchLabels"], set()
        if kind == "NetworkPolicy":
            into = {port["port"] for rule in spec["ingress"] for port in rule["ports"]}
            yield f"{kind} {name}", spec["podSelector"]["matchLabels"], into
            for rule in spec.get("egress", []):
                for to in rule.get("to", []):
                    if "podSelector" in to:
                        ports = {port["port"] for port in rule["ports"]}
                        yield f"{kind} {name} to", to["podSelector"]["matchLabels"], ports


def test_what_is_selected_exists(resources: dict[tuple[str, str], Resource]) -> None:
    """Each selector selects the pods of one deployment, and each port of theirs has that name."""
    pods = [
        each["spec"]["template"] for (kind, _), each in resources.items() if kind == "Deployment"
    ]
    missed = []
    for whose, labels, ports in selectors(resources):
        chosen = [each for each in pods if labels.items() <= each["metadata"]["labels"].items()]
        names = {
            port["name"]
            for each in chosen
            for container in each["spec"]["containers"]
            for port in container["ports"]
        }
        if len(chosen) != 1 or not ports <= names:
            missed.append(whose)

    assert missed == []


def test_what_prometheus_asks(resources: dict[tuple[str, str], Resource]) -> None:
    """The monitor selects the gateway's service, and a port that it has."""
    monitor = resources["ServiceMonitor", "contact-gateway"]["spec"]
    labels = monitor["selector"]["matchLabels"]
    chosen = [
        each
        for (kind, _), each in resources.items()
        if kind == "Service" and labels.items() <= each["metadata"]["labels"].items()
    ]

    assert [each["metadata"]["name"] for each in chosen] == ["contact-gateway"]
    assert {end["port"] for end in monitor["endpoints"]} <= {
        port["name"] for port in chosen[0]["spec"]["ports"]
    }


def test_what_the_ingress_lets_in(resources: dict[tuple[str, str], Resource]) -> None:
    """The API and nothing else, to a port that the service has."""
    [rule] = resources["Ingress", "contact-gateway"]["spec"]["rules"]
    [path] = rule["http"]["paths"]
    ports = resources["Service", "contact-gateway"]["spec"]["ports"]

    assert (path["path"], path["pathType"]) == ("/graphql", "Exact")
    assert path["backend"]["service"]["port"]["name"] in {port["name"] for port in ports}

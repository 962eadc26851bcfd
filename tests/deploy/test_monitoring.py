"""The alerts and the dashboard of deploy/: of metrics that there are, and promtool reads them."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram

from contact_gateway.observation import Metrics
from tests.readme import ROOT
from tests.thorough import program

ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yaml"
DASHBOARD = ROOT / "deploy" / "grafana" / "contact-gateway.json"
_ENDINGS = {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_count", "_sum"]}


def series() -> dict[str, set[str]]:
    """The names of the series that the gateway shows, each with its labels."""
    metrics = Metrics()
    metrics.follow_key_set(lambda: 0)
    found = {}
    for metric in vars(metrics).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            (family,) = metric.describe()
            for ending in _ENDINGS[family.type]:
                found[f"{family.name}{ending}"] = {*metric._labelnames, "instance", "le"}  # noqa: SLF001
    return found


def rules() -> list[dict[str, str]]:
    """The alerts."""
    [group] = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    found: list[dict[str, str]] = group["rules"]
    return found


def shown() -> list[str]:
    """What the dashboard asks Prometheus for."""
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]


EXPRESSIONS = {
    **{rule["alert"]: rule["expr"] for rule in rules()},
    **{each: each for each in shown()},
}


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_names(expression: str) -> None:
    """Every metric is one of the gateway's, and has the labels that are asked for."""
    known = series()
    asked = dict(re.findall(r"(contact_gateway_\w+)(\{[^}]*\})?", expression))
    grouped = set(re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", expression))))
    labels = {name: set(re.findall(r"(\w+)=", text)) for name, text in asked.items()}

    assert {name: of - known.get(name, set()) for name, of in labels.items()} == {
        name: set() for name in labels
    }
    assert grouped <= set().union(*(known[name] for name in asked))


def test_what_the_dashboard_leaves_out() -> None:
    """Nothing that is counted, but how often the histograms are added to and their sums."""
    text = "\n".join(shown())
    left_out = {name for name in series() if name not in text}

    assert {name for name in left_out if not name.endswith(("_count", "_sum"))} == set()


def test_actions() -> None:
    """Every alert says what is wrong and what to do, and how bad it is."""
    alerts = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"][0]["rules"]

    assert {
        (*sorted(alert["annotations"]), alert["labels"]["severity"] in {"critical", "warning"})
        for alert in alerts
    } == {("action", "summary", True)}


def test_every_alert_by_its_own_test() -> None:
    """Each tells of its trouble, and keeps silent while nothing is wrong."""
    promtool = program("promtool")
    command = [promtool, "test", "rules", "alerts_test.yaml"]
    result = subprocess.run(  # noqa: S603
        command, cwd=ALERTS.parent, capture_output=True, text=True, check=False
    )

    tests = (ALERTS.parent / "alerts_test.yaml").read_text(encoding="utf-8")
    assert (
        result.returncode,
        [each["alert"] for each in rules() if each["alert"] not in tests],
    ) == (
        0,
        [],
    ), result.stdout


def test_expressions(tmp_path: Path) -> None:
    """Prometheus can read everything that the alerts and the dashboard ask for."""
    promtool = program("promtool")
    records = [
        {"record": "shown", "expr": each.replace("$__rate_interval", "5m")} for each in shown()
    ]
    groups = [{"name": f"{number}", "rules": [record]} for number, record in enumerate(records)]
    file = tmp_path / "shown.yaml"
    file.write_text(yaml.safe_dump({"groups": groups}), encoding="utf-8")
    result = subprocess.run(  # noqa: S603
        [promtool, "check", "rules", "--lint=none", str(file), str(ALERTS)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr

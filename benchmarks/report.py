"""What was measured, as Markdown."""

from collections.abc import Callable, Iterable, Sequence

from benchmarks.comparison import Comparison, Figures
from benchmarks.contestants import CONNECTIONS
from benchmarks.growth import Growth, Point
from benchmarks.load import Measurement
from benchmarks.memory import Resident
from benchmarks.targets import Target

__all__ = [
    "comparison_section",
    "growth_section",
    "machine_section",
    "memory_section",
    "targets_section",
]

_Read = Callable[[Measurement], float]

_FIGURES: Sequence[tuple[str, str, _Read]] = (
    ("CPU µs/request", ",.0f", lambda found: found.server_cpu_us),
    ("requests/s", ",.0f", lambda found: found.per_second),
    ("p50 ms", ".2f", lambda found: found.p50_ms),
    ("p99 ms", ".2f", lambda found: found.p99_ms),
)
"""What each run measured: its name, its format, and where it is."""


def machine_section(lines: Iterable[tuple[str, str]]) -> str:
    """What the figures were measured on and with."""
    return "## Machine\n\n" + "".join(f"- {name}: {value}\n" for name, value in lines)


def targets_section(found: Iterable[Target]) -> str:
    """Each promise and whether this run shows it."""
    rows = [
        [each.promise, f"{each.bound:g}", f"{each.measured:.3g}", "yes" if each.kept else "**no**"]
        for each in found
    ]
    return "## Targets\n\n" + _table(
        ("at 32 connections unless said", "at most", "measured", "kept"), rows
    )


def comparison_section(comparison: Comparison) -> str:
    """A table for each number of connections, and one of memory and start."""
    ours = comparison.contestants[0]
    parts = ["## Comparison\n"]
    header = ["", *(part for name, _, _ in _FIGURES for part in (name, "to ours"))]
    for connections in CONNECTIONS:
        everyone = [*comparison.contestants, comparison.upstream]
        rows = [_row(each, ours, connections) for each in everyone]
        parts += [f"### {connections} connection{'s' * (connections > 1)}\n", _table(header, rows)]
    rows = [
        [
            each.name,
            *_compared(each.resident_megabytes, ours.resident_megabytes, ".0f"),
            *_compared(each.ready_after, ours.ready_after, ".2f"),
        ]
        for each in comparison.contestants
    ]
    header = ["", "resident MB", "to ours", "first answer after s", "to ours"]
    parts += ["### Memory and start\n", _table(header, rows), _rounds(ours)]
    return "\n".join(parts)


def growth_section(growth: Growth) -> str:
    """A table for each series."""
    return "\n".join(
        [
            "## Growth of the gateway's cost\n",
            _items_table("aliases of the mutation in a document", growth.aliases),
            _items_table("groups in a list", growth.groups),
            _plain_table("connections", growth.connections),
            _plain_table("status that the upstream answers with", growth.answers),
        ]
    )


def memory_section(found: Iterable[Resident]) -> str:
    """Resident memory as requests go by."""
    rows = [[f"{each.requests:,}", f"{each.resident_bytes / 1e6:.1f}"] for each in found]
    return "## Memory of the gateway\n\n" + _table(("after requests", "resident MB"), rows)


def _row(each: Figures, ours: Figures, connections: int) -> list[str]:
    cells = [each.name]
    for _, form, read in _FIGURES:
        cells += _compared(each.of(connections, read), ours.of(connections, read), form)
    return cells


def _compared(value: float, ours: float, form: str) -> tuple[str, str]:
    """A figure, and its ratio to that of the gateway."""
    return f"{value:{form}}", f"{value / ours:.2f}"


def _rounds(ours: Figures) -> str:
    """What each round measured of the gateway: how far the medians can be trusted."""
    rows = []
    for connections in CONNECTIONS:
        found = [each.measurements[connections] for each in ours.rounds]
        cells = [", ".join(f"{read(each):{form}}" for each in found) for _, form, read in _FIGURES]
        rows.append([str(connections), *cells])
    header = ["connections", *(name for name, _, _ in _FIGURES)]
    return "### Each round of contact-gateway\n\n" + _table(header, rows)


def _plain_table(items: str, points: Sequence[Point]) -> str:
    rows = [[str(each.items), f"{each.cpu_us:,.0f}", f"{each.per_second:,.0f}"] for each in points]
    return _table((items, "CPU µs/request", "requests/s"), rows)


def _items_table(items: str, points: Sequence[Point]) -> str:
    first = points[0]
    rows = []
    for each in points:
        more = each.items - first.items
        further = f"{(each.cpu_us - first.cpu_us) / more:,.1f}" if more else ""
        rows.append(
            [str(each.items), f"{each.cpu_us:,.0f}", f"{each.cpu_us / each.items:,.1f}", further]
        )
    return _table((items, "CPU µs/request", "CPU µs/item", "CPU µs/further item"), rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are figures."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"

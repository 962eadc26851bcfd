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

_HEADER = ("", "CPU µs/request", "to ours", "requests/s", "p50 ms", "p99 ms", "to ours")


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
    for connections in CONNECTIONS:
        everyone = [*comparison.contestants, comparison.upstream]
        rows = [_row(each, ours, connections) for each in everyone]
        parts += [f"### {connections} connection{'s' * (connections > 1)}\n", _table(_HEADER, rows)]
    rows = [
        [each.name, f"{each.resident_megabytes:.0f}", f"{each.ready_after:.2f}"]
        for each in comparison.contestants
    ]
    parts += ["### Memory and start\n", _table(("", "resident MB", "first answer after s"), rows)]
    return "\n".join(parts)


def growth_section(growth: Growth) -> str:
    """A table for each series."""
    connections = [
        [str(each.items), f"{each.cpu_us:,.0f}", f"{each.per_second:,.0f}"]
        for each in growth.connections
    ]
    return "\n".join(
        [
            "## Growth of the gateway's cost\n",
            _items_table("aliases of the mutation in a document", growth.aliases),
            _items_table("groups in a list", growth.groups),
            _table(("connections", "CPU µs/request", "requests/s"), connections),
        ]
    )


def memory_section(found: Iterable[Resident]) -> str:
    """Resident memory as requests go by."""
    rows = [[f"{each.requests:,}", f"{each.resident_bytes / 1e6:.1f}"] for each in found]
    return "## Memory of the gateway\n\n" + _table(("after requests", "resident MB"), rows)


def _row(each: Figures, ours: Figures, connections: int) -> list[str]:
    def compared(read: Callable[[Measurement], float]) -> tuple[float, str]:
        value = each.of(connections, read)
        return value, f"{value / ours.of(connections, read):.2f}"

    cpu, cpu_ratio = compared(lambda found: found.server_cpu_us)
    p99, p99_ratio = compared(lambda found: found.p99_ms)
    return [
        each.name,
        f"{cpu:,.0f}",
        cpu_ratio,
        f"{each.of(connections, lambda found: found.per_second):,.0f}",
        f"{each.of(connections, lambda found: found.p50_ms):.2f}",
        f"{p99:.2f}",
        p99_ratio,
    ]


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

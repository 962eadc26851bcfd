"""What was measured, as Markdown."""

from collections.abc import Callable, Iterable, Sequence

from benchmarks.comparison import CONNECTIONS, Figures
from benchmarks.load import Measurement

__all__ = ["comparison_tables", "table"]


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are figures."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def comparison_tables(figures: Sequence[Figures]) -> str:
    """A table for each number of connections, and one of memory and start; ours comes first."""
    parts = []
    for connections in CONNECTIONS:
        parts += [
            f"### {connections} connection{'s' if connections > 1 else ''}\n",
            table(
                [
                    "Contestant",
                    "CPU µs/request",
                    "ratio",
                    "requests/s",
                    "p50 ms",
                    "p99 ms",
                    "ratio",
                ],
                [_row(each, figures[0], connections) for each in figures],
            ),
        ]
    parts += [
        "### Memory and start\n",
        table(
            ["Contestant", "resident MB", "first answer after s"],
            [
                [each.name, f"{each.resident_megabytes:.0f}", f"{each.ready_after:.2f}"]
                for each in figures
            ],
        ),
    ]
    return "\n".join(parts)


def _row(each: Figures, ours: Figures, connections: int) -> list[str]:
    def median_of(read: Callable[[Measurement], float]) -> tuple[float, str]:
        value = each.of(connections, read)
        return value, f"{value / ours.of(connections, read):.2f}"

    cpu, cpu_ratio = median_of(lambda found: found.server_cpu_us)
    p99, p99_ratio = median_of(lambda found: found.p99_ms)
    return [
        each.name,
        f"{cpu:,.0f}",
        cpu_ratio,
        f"{each.of(connections, lambda found: found.per_second):,.0f}",
        f"{each.of(connections, lambda found: found.p50_ms):.2f}",
        f"{p99:.2f}",
        p99_ratio,
    ]

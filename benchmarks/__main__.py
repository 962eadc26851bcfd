"""The command `make bench`."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import hive, machine, prerequisites, report
from benchmarks.comparison import Pace, compare
from benchmarks.contestants import all_contestants
from benchmarks.processes import Cores
from benchmarks.upstream import running_upstream

_RESULTS = Path(__file__).with_name("RESULTS.md")
_FULL = Pace(rounds=3, warm_up=4, measure=6)
_QUICK = Pace(rounds=1, warm_up=2, measure=3)


def main(
    *,
    quick: Annotated[
        bool, typer.Option(help="One short round, printed only: for work on the gateway.")
    ] = False,
    only: Annotated[
        str, typer.Option(help="Only contestants whose name holds this; printed only.")
    ] = "",
) -> None:
    """Measure the gateway next to the other contestants, and write RESULTS.md."""
    if lines := prerequisites.missing():
        typer.echo("\n".join(lines), err=True)
        raise typer.Exit(1)
    hive.install()
    cores = Cores.of_this_machine()
    with (
        tempfile.TemporaryDirectory() as name,
        tempfile.TemporaryDirectory() as upstream_folder,
        running_upstream(Path(upstream_folder), cores.load) as upstream,
    ):
        chosen = [each for each in all_contestants(upstream, Path(name)) if only in each.name]
        figures = compare(chosen, cores, _QUICK if quick else _FULL, announce)
    text = "\n".join(
        [
            "# Results\n",
            report.table(["Machine", ""], machine.describe(cores)),
            report.comparison_tables(figures),
        ]
    )
    typer.echo(text)
    if not quick and not only:
        _RESULTS.write_text(text, encoding="utf-8")


def announce(line: str) -> None:
    """Say what is being measured."""
    typer.echo(line, err=True)


typer.run(main)

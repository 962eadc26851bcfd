"""The command `make bench`."""

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import hive, machine, prerequisites, report
from benchmarks.comparison import Pace, compare
from benchmarks.contestants import Contestant, all_contestants, ours
from benchmarks.growth import measure_growth
from benchmarks.load import FailedReplyError
from benchmarks.memory import TooSlowError, measure_memory
from benchmarks.processes import Cores
from benchmarks.readiness import NotReadyError
from benchmarks.targets import targets
from benchmarks.upstream import Upstream, running_upstream

_RESULTS = Path(__file__).with_name("RESULTS.md")
_QUICK = Pace(rounds=1, warm_up=2, measure=3)
_FULL = Pace(rounds=3, warm_up=5, measure=10)  # Node.js takes four seconds to get warm
_GROWTH = Pace(rounds=3, warm_up=1, measure=2)

_INTRODUCTION = """\
# Results

Written by `make bench`; do not edit. Every contestant has one worker, and they took turns in one
run. The figures are medians of {rounds} rounds, and each reply was checked to be a success. CPU is
user and system time of the contestant's whole process tree; "to ours" is a contestant's figure
divided by the gateway's: more than 1 means that the gateway does better, of requests/s less than 1.
Latencies are wrk's, which adds to what it measured those of the requests that it would have sent
while it waited ("coordinated omission"). The gateway verifies an RS256 token and binds its customer
on each request, which no other contestant does. It runs with its default settings.
"""


def main(
    *,
    quick: Annotated[
        bool, typer.Option(help="One short round of the comparison, printed and not written.")
    ] = False,
    alone: Annotated[bool, typer.Option(help="As --quick, but this gateway only.")] = False,
) -> None:
    """Measure the gateway next to the other contestants, and write RESULTS.md."""
    if lines := prerequisites.missing():
        typer.echo("\n".join(lines), err=True)
        raise typer.Exit(1)
    cores = Cores.of_this_machine()
    try:
        with _upstream_and_folder(cores) as (upstream, folder):
            if alone:
                typer.echo(_short([ours(upstream)], upstream, cores))
            else:
                hive.install()
                contestants = all_contestants(upstream, folder)
                if quick:
                    typer.echo(_short(contestants, upstream, cores))
                else:
                    _RESULTS.write_text(_full(contestants, upstream, cores), encoding="utf-8")
                    typer.echo(f"Written: {_RESULTS}")
    except (FailedReplyError, NotReadyError, TooSlowError) as error:
        typer.echo(f"The benchmark failed. {error}", err=True)
        raise typer.Exit(1) from error


@contextlib.contextmanager
def _upstream_and_folder(cores: Cores) -> Iterator[tuple[Upstream, Path]]:
    with (
        tempfile.TemporaryDirectory() as of_upstream,
        tempfile.TemporaryDirectory() as of_contestants,
        running_upstream(Path(of_upstream), cores.load) as upstream,
    ):
        yield upstream, Path(of_contestants)


def _short(contestants: Sequence[Contestant], upstream: Upstream, cores: Cores) -> str:
    return report.comparison_section(compare(contestants, upstream, cores, _QUICK, _announce))


def _full(contestants: Sequence[Contestant], upstream: Upstream, cores: Cores) -> str:
    described = machine.describe(cores)
    comparison = compare(contestants, upstream, cores, _FULL, _announce)
    growth = measure_growth(upstream, cores, _GROWTH, _announce)
    memory = measure_memory(upstream, cores, _announce)
    return "\n".join(
        [
            _INTRODUCTION.format(rounds=_FULL.rounds),
            report.machine_section(described),
            report.targets_section(targets(comparison, memory)),
            report.comparison_section(comparison),
            report.growth_section(growth),
            report.memory_section(memory),
        ]
    )


def _announce(line: str) -> None:
    typer.echo(line, err=True)


typer.run(main)

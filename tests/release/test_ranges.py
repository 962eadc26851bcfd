"""The versions that pyproject.toml allows: pip install gives a set that works."""

import re
from importlib.metadata import packages_distributions, version

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.private_names import LIBRARIES, USED
from tests.release.project import PROJECT

REQUIREMENTS = {
    requirement.name: requirement for requirement in map(Requirement, PROJECT["dependencies"])
}


def first_without(library: str, present: Version) -> Version:
    """The first version that may take away what nobody has promised: what is public goes later."""
    if library in LIBRARIES:
        return Version(f"{present.major}.{present.minor + 1}")
    return Version(f"{present.major + 1}")


@pytest.mark.parametrize("library", sorted({re.split(r"\W", name)[0] for name in USED}))
def test_where_a_range_ends(library: str) -> None:
    """Before the next version that may take away the names that are used of it, undocumented."""
    [distribution] = set(packages_distributions()[library])
    allowed = REQUIREMENTS[distribution].specifier
    after = first_without(library, Version(version(distribution)))
    names = [f"{name} ({why})" for name, why in USED.items() if re.match(rf"{library}\b", name)]

    assert allowed.contains(version(distribution))
    assert not allowed.contains(after), f"{distribution} {after} may take away {names}"


def test_where_other_ranges_begin() -> None:
    """Each has a version from which on it is known to do, and `make lowest` tries just those."""
    without = [
        name
        for name, requirement in REQUIREMENTS.items()
        if not any(part.operator == ">=" for part in requirement.specifier)
    ]

    assert without == []

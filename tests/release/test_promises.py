"""What a release has promised stays: its schema is compared with what is served now."""

from pathlib import Path

import pytest

from contact_gateway.contact_groups import print_sdl
from contact_gateway.operations import changes_of
from tests.readme import ROOT


def _version(file: Path) -> tuple[int, ...]:
    return tuple(map(int, file.stem.split(".")))


LAST_RELEASE = max((ROOT / "releases").glob("*.graphql"), key=_version)


def unsaid(released: str, served: str, changelog: str) -> list[str]:
    """The lines that the changelog lacks: one for each change that breaks clients."""
    lines = {line.strip().rstrip(".") for line in changelog.splitlines()}
    breaking = [f"- {each}" for each in changes_of(released, served) if each.breaking]
    return [line for line in breaking if line.rstrip(".") not in lines]


def test_the_schema_of_the_last_release() -> None:
    """Whoever breaks clients of it says so in the changelog, in a line that names what breaks."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    since, heading, _ = changelog.partition(f"\n## [{LAST_RELEASE.stem}]")
    released = LAST_RELEASE.read_text(encoding="utf-8")

    missing = unsaid(released, print_sdl(), since)

    assert heading, f"CHANGELOG.md has no heading for {LAST_RELEASE.stem}"
    assert missing == [], (
        f"breaks clients of {LAST_RELEASE.stem}: CHANGELOG.md has to have {missing}"
    )


@pytest.mark.parametrize(
    ("line", "by", "sentence"),
    [
        (
            "  name: String!",
            "  title: String!",
            "- Breaking: Field ContactGroup.name was removed.",
        ),
        (
            "  name: String!",
            "  name: String",
            "- Breaking: Field ContactGroup.name changed type from String! to String.",
        ),
        (
            "    id: ID!\n  ):",
            "    id: ID!\n    of: ID!\n  ):",
            "- Breaking: A required argument Query.contactGroup(of:) was added.",
        ),
        (
            " | RateLimitedError",
            "",
            "- Breaking: RateLimitedError was removed from union type UpdateContactGroupResult.",
        ),
    ],
    ids=["a field", "what may be null", "an argument that must be given", "a member of a union"],
)
def test_a_breaking_change(line: str, by: str, sentence: str) -> None:
    """It is refused with the very line that the changelog is to have, and with it is not."""
    broken = print_sdl().replace(line, by, 1)
    assert broken != print_sdl()

    assert unsaid(print_sdl(), broken, "") == [sentence]
    assert unsaid(print_sdl(), broken, f"### Changed\n\n{sentence}\n") == []


def test_a_change_that_breaks_nobody() -> None:
    """Nothing has to be said of it."""
    more = print_sdl().replace("  name: String!", "  name: String!\n  colour: String", 1)

    assert unsaid(print_sdl(), more, "") == []

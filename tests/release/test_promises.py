"""What a release has promised stays: its schema is compared with what is served now."""

from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from contact_gateway.contact_groups import print_sdl
from contact_gateway.operations import changes_of
from tests.readme import ROOT


def _version(file: Path) -> tuple[int, ...]:
    return tuple(map(int, file.stem.split(".")))


RELEASES = ROOT / "releases"
LAST_RELEASE = max(RELEASES.glob("*.graphql"), key=_version)


def unsaid(released: str, served: str, changelog: str) -> list[str]:
    """The lines that the changelog lacks: one for each change that breaks clients."""
    lines = {line.strip().rstrip(".") for line in changelog.splitlines()}
    breaking = [f"- {each}" for each in changes_of(released, served) if each.breaking]
    return [line for line in breaking if line.rstrip(".") not in lines]


@pytest.mark.parametrize(
    ("file", "federation"),
    [(LAST_RELEASE, False), (RELEASES / "federation" / LAST_RELEASE.name, True)],
    ids=["the schema", "that of a subgraph"],
)
def test_the_last_release(file: Path, *, federation: bool) -> None:
    """Whoever breaks clients of it says so in the changelog, in a line that names what breaks."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    since, heading, _ = changelog.partition(f"\n## [{LAST_RELEASE.stem}]")
    released = file.read_text(encoding="utf-8")

    missing = unsaid(released, print_sdl(federation=federation), since)

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
        (
            "pageSize: Int! = 50",
            "pageSize: Int!",
            "- Breaking: Query.contactGroups(pageSize:) is required, because it has no default.",
        ),
        (
            "input ContactGroupFilter {",
            "input ContactGroupFilter @oneOf {",
            "- Breaking: @oneOf was added to ContactGroupFilter.",
        ),
    ],
    ids=[
        "a field",
        "what may be null",
        "an argument that must be given",
        "a member of a union",
        "a default",
        "an input of which one is to be given",
    ],
)
def test_a_breaking_change(line: str, by: str, sentence: str) -> None:
    """It is refused with the very line that the changelog is to have, and with it is not."""
    broken = print_sdl().replace(line, by, 1)
    assert broken != print_sdl()

    assert unsaid(print_sdl(), broken, "") == [sentence]
    assert unsaid(print_sdl(), broken, f"### Changed\n\n{sentence}\n") == []


BY_TYPE = """mutation ($id: ID!, $input: UpdateContactGroupInput!) {
  updateContactGroup(id: $id, input: $input) {
    ... on RateLimitedError { retryAfterSeconds }
    ... on UpstreamUnavailableError { retryAfterSeconds }
  }
}"""


def test_what_two_types_have() -> None:
    """Whoever asks for it of both, by type, may do so no longer where one of them has another type.

    That it is better, because it is never null, does not help.
    """
    line = "  retryAfterSeconds: Int\n"
    broken = print_sdl().replace(line, line.replace("Int", "Int!"), 1)
    valid = [not validate(build_schema(sdl), parse(BY_TYPE)) for sdl in (print_sdl(), broken)]

    assert valid == [True, False]
    assert unsaid(print_sdl(), broken, "") == [
        (
            "- Breaking: RateLimitedError.retryAfterSeconds and "
            "UpstreamUnavailableError.retryAfterSeconds have no longer one type."
        )
    ]


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("", '- Breaking: @key(fields: "id") was removed from ContactGroup.'),
        (' @key(fields: "name")', '- Breaking: @key(fields: "id") was removed from ContactGroup.'),
    ],
    ids=["no key", "another"],
)
def test_a_subgraph_that_breaks_its_gateway(key: str, sentence: str) -> None:
    """What the supergraph of others is composed by is promised too."""
    whole = print_sdl(federation=True)
    broken = whole.replace(' @key(fields: "id")', key)
    assert broken != whole

    assert unsaid(whole, broken, "") == [sentence]


@pytest.mark.parametrize(
    "more",
    [
        "  name: String!\n  colour: String",
        '  name: String! @deprecated(reason: "Ask for colour.")',
    ],
    ids=["a field", "what will go"],
)
def test_a_change_that_breaks_nobody(more: str) -> None:
    """Nothing has to be said of it."""
    changed = print_sdl().replace("  name: String!", more, 1)
    assert changed != print_sdl()

    assert unsaid(print_sdl(), changed, "") == []

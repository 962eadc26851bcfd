"""Random valid documents of the public schema, whose variables stand in every position there is.

Each variable has one of the types that its position allows (GraphQL specification 5.8.5), with or
without a default, null among them; a variable may stand in several positions, and in fragments.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any

__all__ = ["RandomDocument"]

MUTATION_MEMBERS = [
    "... on UpdateContactGroupSuccess{I} {{ contactGroup{D} {{ id{D} name }} outcome{D} }}",
    "... on MutationError{I} {{ code{D} problem{D} {{ status{D} title }} }}",
    "... on InvalidInputError{I} {{ fieldErrors{D} {{ path{D} }} origin }}",
    "... on ContactGroupNotFoundError{I} {{ contactGroupId{D} }}",
]
LITERALS = {
    "ID": ['"1"', "1", '"0"'],
    "String": ['"A"', '""'],
    "Boolean": ["true", "false"],
    "Int": ["1", "2", "0"],
    "SortDirection": ["ASCENDING", "DESCENDING"],
}
# of variables: those that fit the type, and some that do not
GOOD: dict[str, list[Any]] = {
    "ID": ["1", 1, "0", 2**63 - 1],
    "String": ["A", ""],
    "Boolean": [True, False],
    "Int": [1, 2.0, 0],
    "SortDirection": ["ASCENDING", "DESCENDING"],
    "[ID!]": [["1"], [], "1", [1, "2"]],
    "UpdateContactGroupInput": [{"name": "A"}, {"name": None}, {}],
    "ContactGroupFilter": [{"ids": ["1"], "namePrefix": "A"}, {"ids": None}, {}],
}
BAD: list[Any] = [1.0, True, [None], {"ids": [1.0]}, {"name": 1}, {"ids": [None]}, "UP", 2**40]


@dataclass
class RandomDocument:
    """One document, written as it is made; `text` is all of it."""

    random: Random
    variables: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    text: str = field(init=False)
    aliases: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        kind = self.random.choice(["mutation", "mutation", "query"])
        self.aliases = ["a", "b", "c"][: self.random.randint(1, 3)]
        fields = [self._root_field(kind, alias) for alias in self.aliases]
        if self._chance(0.3):
            fields[-1] = self._spread(kind.capitalize(), fields[-1])
        names = ", ".join(
            f"${name}: {kind_}" + (f" = {default}" if default else "")
            for name, (kind_, default) in self.variables.items()
        )
        head = f"{kind} ({names})" if names else kind
        self.text = " ".join([head, "{", *fields, "}", *self.fragments])

    def values(self) -> dict[str, Any]:
        """Values for the variables: left out, null, good ones, and a few that do not fit."""
        given: dict[str, Any] = {}
        for name, (kind, default) in self.variables.items():
            required = kind.endswith("!") and default is None
            if self._chance(0.02 if required else 0.25):
                continue
            given[name] = self.random.choice(GOOD[kind.removesuffix("!")])
            if self._chance(0.02 if kind.endswith("!") else 0.3):
                given[name] = None
            elif self._chance(0.02):
                given[name] = self.random.choice(BAD)
        return given

    def _chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def _root_field(self, kind: str, alias: str) -> str:
        if kind == "mutation":
            arguments = {
                "id": self._position("ID!"),
                "input": self._position("UpdateContactGroupInput!"),
            }
            name, selection = "updateContactGroup", self._members()
        elif self._chance(0.3):
            arguments = {"id": self._position("ID!")}
            name, selection = "contactGroup", self._filled("id name{D}")
        else:
            arguments = {
                argument: self._position(type_, has_default=type_.endswith("!"))
                for argument, type_ in (
                    ("filter", "ContactGroupFilter"),
                    ("orderByName", "SortDirection!"),
                    ("page", "Int!"),
                    ("pageSize", "Int!"),
                )
                if self._chance(0.6)
            }
            name = "contactGroups"
            selection = self._filled("pageSize items{D} {{ id{D} name }} hasNextPage{D}")
        written = ", ".join(f"{name}: {value}" for name, value in arguments.items())
        call = f"{name}({written})" if written else name
        return f"{alias}: {call}{self._directives(0.15)} {{ {selection} }}"

    def _members(self) -> str:
        chosen = self.random.sample(MUTATION_MEMBERS, self.random.randint(0, 2))
        selection = " ".join(["__typename", *map(self._filled, chosen)])
        if self._chance(0.2):
            return self._spread("UpdateContactGroupResult", selection)
        return selection

    def _filled(self, template: str) -> str:
        """A selection with directives wherever there is room for them."""
        parts = template.replace("{I}", "{D}").split("{D}")
        directives = (self._directives(0.1) for _ in parts[1:])
        filled = "".join(f"{one}{more}" for one, more in zip(parts, [*directives, ""], strict=True))
        return filled.replace("{{", "{").replace("}}", "}")

    def _spread(self, on: str, selection: str) -> str:
        """A fragment in the place of a selection, spread once or twice."""
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {on} {{ {selection} }}")
        spread = f"...{name}{self._directives(0.2)}"
        return f"{spread} ...{name}" if self._chance(0.2) else f"__typename {spread}"

    def _directives(self, probability: float) -> str:
        names = [name for name in ("skip", "include") if self._chance(probability)]
        return "".join(f" @{name}(if: {self._position('Boolean!')})" for name in names)

    def _position(self, kind: str, *, has_default: bool = False) -> str:
        """What stands in a position of a type, which may have a default of its own."""
        if self._chance(0.6):
            return self._variable(kind, has_default=has_default)
        if not kind.endswith("!") and self._chance(0.2):
            return "null"
        return self._literal(kind.removesuffix("!"), self._position)

    def _literal(self, kind: str, inner: Any) -> str:
        """A literal of a nullable type, with what `inner` says wherever there is a type in it."""
        if kind == "[ID!]":
            if self._chance(0.2):
                return self.random.choice(LITERALS["ID"])
            items = (inner("ID!") for _ in range(self.random.randint(0, 2)))
            return f"[{', '.join(items)}]"
        if kind == "UpdateContactGroupInput":
            return self._object({"name": "String"}, inner)
        if kind == "ContactGroupFilter":
            return self._object({"ids": "[ID!]", "namePrefix": "String"}, inner)
        return self.random.choice(LITERALS[kind])

    def _object(self, fields: dict[str, str], inner: Any) -> str:
        written = (f"{name}: {inner(kind)}" for name, kind in fields.items() if self._chance(0.7))
        return f"{{{', '.join(written)}}}"

    def _constant(self, kind: str) -> str:
        """A literal without variables."""
        return self._literal(kind.removesuffix("!"), self._constant)

    def _variable(self, kind: str, *, has_default: bool) -> str:
        nullable = kind.removesuffix("!")
        allowed = [
            name
            for name, (type_, default) in self.variables.items()
            if type_ in {kind, f"{nullable}!"}
            or (type_ == nullable and (has_default or default not in {None, "null"}))
        ]
        if allowed and self._chance(0.4):
            return f"${self.random.choice(allowed)}"
        name = f"v{len(self.variables)}"
        default: str | None = self._constant(kind) if self._chance(0.5) else None
        type_ = f"{nullable}!" if self._chance(0.3) else nullable
        if type_ == nullable and kind.endswith("!") and default is None and not has_default:
            default = self._constant(kind)  # or it could not stand here
        if type_ == nullable and (has_default or kind == nullable) and self._chance(0.2):
            default = "null"
        self.variables[name] = type_, default
        return f"${name}"

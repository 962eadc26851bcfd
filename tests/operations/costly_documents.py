"""A search for the documents that cost most: random ones grow, and the costliest are grown on."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

__all__ = ["Document", "evolved"]

LARGEST: Final = 16_384

# type → what can be selected there, and the type that it leads to; a `#` becomes some number
SELECTIONS: Final[dict[str, list[tuple[str, str | None]]]] = {
    "Query": [
        ("contactGroup(id:1)", "ContactGroup"),
        ("a#:contactGroup(id:$v#)", "ContactGroup"),
        ("contactGroup(id:#)@include(if:$w#)", "ContactGroup"),
        ("a#:contactGroups(filter:{ids:[1 2 3 $v# $v# $v#]namePrefix:$v#})", "ContactGroupPage"),
        ("contactGroups(page:1 pageSize:2 orderByName:ASCENDING)", "ContactGroupPage"),
        ("viewer", "Viewer"),
        ("a#:viewer", "Viewer"),
        ("__typename", None),
        ("x#", None),
        ("...on Query", "Query"),
        ("...", "Query"),
        ("...Query#", None),
        ("...Query#@skip(if:$w#)", None),
        ("__schema", "__Schema"),
        ('contactGroup(id:"' + r"\n" * 900 + '")', "ContactGroup"),
        ('contactGroup(id:"' + r"\u{41}" * 400 + '")', "ContactGroup"),
        ('contactGroups(page:"' + ", " * 900 + '")', "ContactGroupPage"),
        ('contactGroups(page:"""' + " \n" * 900 + '""")', "ContactGroupPage"),
        (f"contactGroups(page:{'9' * 2_000})", "ContactGroupPage"),
    ],
    "Mutation": [
        ('updateContactGroup(id:"0",input:{})', "Result"),
        ("a#:updateContactGroup(id:$v#,input:{name:$v#})", "Result"),
        ('updateContactGroup(id:1,input:{name:"x"})@include(if:true)', "Result"),
        ("...on Mutation", "Mutation"),
        ("...Mutation#", None),
        ("__typename", None),
    ],
    "Result": [
        ("...on MutationError", "MutationError"),
        ("...on InvalidInputError", "InvalidInputError"),
        ("...on RateLimitedError", "MutationError"),
        ("...on PermissionDeniedError", "MutationError"),
        ("...on ContactGroupNotFoundError", "MutationError"),
        ("...on UpdateContactGroupSuccess", "Success"),
        ("...MutationError#", None),
        ("__typename", None),
    ],
    "MutationError": [
        ("problem", "Problem"),
        ("a#:problem", "Problem"),
        ("message", None),
        ("code@skip(if:$w#)", None),
        ("a#:outcome", None),
        ("retryable", None),
        ("...MutationError#", None),
        ("...on MutationError", "MutationError"),
    ],
    "InvalidInputError": [
        ("fieldErrors", "FieldError"),
        ("origin", None),
        ("problem", "Problem"),
        ("...on MutationError", "MutationError"),
    ],
    "FieldError": [("path", None), ("messages", None), ("a#:path", None)],
    "Success": [("contactGroup", "ContactGroup"), ("outcome", None)],
    "Problem": [("type", None), ("a#:title", None), ("extensions", None), ("...Problem#", None)],
    "ContactGroup": [
        ("id", None),
        ("name", None),
        ("name@include(if:true)", None),
        ("a#:name", None),
        ("a#:name(x#:[[{y#:1}]])", None),
        ("b#:id@skip(if:$w#)@x#", None),
        ("...ContactGroup#", None),
        ("...on ContactGroup", "ContactGroup"),
        ("\n" * 500 + "#" * 500 + "\n", None),
        ("#\n" * 500, None),
        (" ," * 500, None),
    ],
    "ContactGroupPage": [
        ("items", "ContactGroup"),
        ("pageNumber", None),
        ("a#:items", "ContactGroup"),
        ("...ContactGroupPage#", None),
    ],
    "Viewer": [("customerId", None), ("a#:customerId", None)],
    "__Schema": [("types", "__Type"), ("queryType", "__Type")],
    "__Type": [("name", None), ("fields", "__Type"), ("ofType", "__Type")],
}
DEFINITIONS: Final = [
    ("query A#($v0:ID!$v1:ID$w0:Boolean!)", "Query"),
    ("query A#($v0:ID!$v1:[ID!]$v2:String=null$w0:Boolean=true)", "Query"),
    ("query A#", "Query"),
    ("", "Query"),
    ("mutation A#", "Mutation"),
    ("mutation($v0:ID!$v1:String!$w0:Boolean!)", "Mutation"),
    *(
        (f"fragment {name}# on {name}", name)
        for name in ("Query", "Mutation", "MutationError", "Problem", "ContactGroup")
    ),
]


@dataclass
class Selection:
    """A definition, field, spread or inline fragment, and what is selected in it."""

    head: str
    type: str | None
    below: list["Selection"] = field(default_factory=list)

    def text(self) -> str:
        """As it stands in a document."""
        if self.type is None:
            return self.head + " "
        return f"{self.head}{{{''.join(each.text() for each in self.below) or '__typename'}}}"

    def copy(self) -> "Selection":
        """The same, to be changed."""
        return Selection(self.head, self.type, [each.copy() for each in self.below])

    def all(self) -> Iterator["Selection"]:
        """This one and all that are below it, as far as they have something below them."""
        if self.type is not None:
            yield self
            for each in self.below:
                yield from each.all()


@dataclass
class Document:
    """A document that can be grown; `rng` decides how."""

    rng: random.Random
    definitions: list[Selection]

    def text(self) -> str:
        """As it is sent."""
        return "".join(definition.text() for definition in self.definitions)

    def grown(self) -> "Document":
        """Another, with something more, or less, or repeated, or put in another's place."""
        rng = self.rng
        found = Document(rng, [each.copy() for each in self.definitions])
        for _ in range(rng.choice((1, 2, 4))):
            if not found.definitions or rng.random() < 0.15:
                found.definitions.append(self._made(rng.choice(DEFINITIONS)))
            elif rng.random() < 0.1:
                repeated = rng.choice(found.definitions)
                for number in range(rng.choice((1, 5, 20))):
                    found.definitions.append(repeated.copy())
                    found.definitions[-1].head = repeated.head.replace("0", str(number), 1)
            else:
                self._change(rng.choice([*rng.choice(found.definitions).all()]))
        return found

    def _change(self, parent: Selection) -> None:
        rng = self.rng
        act = rng.random()
        if act < 0.6 or not parent.below:
            new = self._made(rng.choice(SELECTIONS[parent.type or ""]))
            parent.below += [new.copy() for _ in range(rng.choice((1, 1, 3, 15, 60, 150)))]
        elif act < 0.8:
            each = rng.choice(parent.below)
            parent.below += [each.copy() for _ in range(rng.choice((1, 3, 15, 60)))]
        elif act < 0.9:
            parent.below.remove(rng.choice(parent.below))
        else:
            several = SELECTIONS[parent.type or ""]
            parent.below += [
                self._made(rng.choice(several)) for _ in range(rng.choice((5, 30, 100)))
            ]

    def _made(self, choice: tuple[str, str | None]) -> Selection:
        head, leads_to = choice
        numbers = self.rng.choice((1, 2, 30))
        while "#" in head:
            head = head.replace("#", str(self.rng.randrange(numbers)), 1)
        return Selection(head, leads_to)


def evolved(
    cost: Callable[[str], float], going_on: Callable[[], bool], rng: random.Random, kept: int = 12
) -> list[str]:
    """The texts that cost most, of those that were tried for as long as it was `going_on`."""
    best: list[tuple[float, str, Document]] = []
    while going_on():
        if len(best) < kept or rng.random() < 0.2:
            document = Document(rng, [])
        else:
            document = rng.choice(best)[2]
        document = document.grown()
        text = document.text()
        if len(text) > LARGEST or any(text == known for _, known, _ in best):
            continue
        best.append((cost(text), text, document))
        best.sort(key=lambda each: -each[0])
        del best[kept:]
    return [text for _, text, _ in best]

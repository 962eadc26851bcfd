"""Which field is wrong and why, in whatever shape a REST API says it: by a rule, not by framework.

Somewhere in the body a place and a message stand together: in one object, such as
`{"pointer": "#/name", "detail": "…"}`, or as key and value, such as `{"errors": {"name": ["…"]}}`.
Where it could be something else (a value that is sent back, the name of a kind of error) it counts
as nothing: a message at the wrong field is worse than one in the extensions of the problem.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from contact_gateway.rest_client.places import (
    NO_FIELDS,
    WHOLE_INPUT,
    InputFields,
    Place,
    read_place,
)

__all__ = ["NO_REASON", "FieldErrorReader"]

NO_REASON: Final = "The service gave no reason."
"""The message where there is a place, or a refusal, and no word about why."""

_MOST: Final = 100  # messages that are kept
_DEEPEST: Final = 12  # levels that are looked at

# names of members, as `_normalized` makes them; of several, the first counts
_PLACES: Final = (
    "pointer", "field", "fieldname", "propertypath", "propertyname", "property", "instancepath",
    "datapath", "jsonpath", "attribute", "param", "parameter", "path", "loc", "location", "target",
    "key", "source",
)  # fmt: skip
_LISTS_OF_PLACES: Final = ("membernames", "keys", "fieldnames", "fields")
_MESSAGES: Final = (
    "detail", "message", "msg", "defaultmessage", "errormessage", "description", "reason", "title",
    "text", "error",
)  # fmt: skip
_IN_PLACE_OF_A_MESSAGE: Final = ("code", "type", "kind")
# what holds errors: only in these is a key with a text a place with a message
_HOLDERS: Final = frozenset({
    "errors", "fielderrors", "validationerrors", "violations", "invalidparams", "invalidfields",
    "fieldviolations", "modelstate", "issues", "failures", "problems", "details", "detail",
    "validation", "formerrors", "nonfielderrors", "messages", "children",
})  # fmt: skip
# what the member of a body may be called that has errors of the request in it
_MAY_WRAP_ERRORS: Final = re.compile(
    "err|fault|fail|exception|problem|valid|violat|issue|child|keys|fields|modelstate|params"
    "|message|detail|info|reason|result|response|status|meta|extension"
    "|data|body|payload|request|input|attributes|command|model|dto|root|args|arguments|form"
)
# members of an object that is one error, and so has no places as its keys
_OF_ONE_ERROR: Final = ("code", "message", "msg", "status", "statuscode")


def _normalized(name: str) -> str:
    """A member's name without regard to case and punctuation."""
    return "".join(filter(str.isalnum, name)).lower()


class FieldErrorReader:
    """Collects what one body says of fields, in its order, each thing once.

    `found` has the messages by the path of the input field; those of no field are about the whole
    input, and have their place before them. `paired` tells whether there was any place with a
    message; `more` counts what came after the first hundred messages.
    """

    def __init__(self, fields: InputFields) -> None:
        self.found: dict[tuple[str, ...], list[str]] = {}
        self.paired = False
        self.more = 0
        self._fields = fields
        self._seen: set[tuple[tuple[str, ...], str]] = set()
        self._used = 0

    def read(self, document: Any) -> frozenset[str]:
        """Read a body. Returned are the members of it that hold nothing but what was found."""
        if not isinstance(document, dict):
            return frozenset()
        if _is_map_of_lists(document):  # as Django REST framework writes it
            self._map(document, (), 1)
            return frozenset(() if self.more else document)
        names = _by_normalized_name(document)
        for place in _places_of(names, in_list=False):
            # `path` may be that of the request here
            if self._fields.path_of(place) is not None and (message := _message_of(names)):
                self._add(place, message)
        kinds = dict | list | str if len(document) <= _MOST else dict | list
        held = ((name, value) for name, value in document.items() if isinstance(value, kinds))
        return frozenset(name for name, value in held if self._is_used_up(name, value))

    def _is_used_up(self, name: str, value: Any) -> bool:
        normalized = _normalized(name)
        if not isinstance(value, str) and not _MAY_WRAP_ERRORS.search(normalized):
            # errors of something else, such as `owner`: none is at a field, and all stays there
            fields, self._fields = self._fields, NO_FIELDS
            self._look_into(normalized, value)
            self._fields = fields
            return False
        return self._look_into(normalized, value)

    def _look_into(self, normalized: str, value: Any) -> bool:
        holds, before = normalized in _HOLDERS, self._used
        if isinstance(value, dict):
            self._object(value, (), 1, hold=holds)
        elif isinstance(value, list):
            self._items(value, (), 1, hold=holds or normalized == "message")
        elif holds and normalized != "detail":
            self._add((), value)
        found = self._used - before
        return (holds or found > 0) and not self.more and found == _leaves(value)

    def _items(self, items: Sequence[Any], place: Place, depth: int, *, hold: bool) -> None:
        for index, item in enumerate(items):
            if self._is_full:
                self.more += len(items) - index
                return
            if isinstance(item, dict):
                self._object(item, place, depth, hold=hold, in_list=True)
            elif isinstance(item, list) and depth < _DEEPEST:
                self._items(item, place, depth + 1, hold=hold)
            elif isinstance(item, str) and (hold or place):
                self._add(place, item)

    def _object(
        self,
        members: Mapping[str, Any],
        place: Place,
        depth: int,
        *,
        hold: bool,
        in_list: bool = False,
    ) -> None:
        """An object: one error with its place and message, or one whose keys are places."""
        if depth > _DEEPEST:
            return
        names = _by_normalized_name(members)
        own = list(_places_of(names, in_list=in_list))
        message = _message_of(names) or (_code_of(names) if own else None)
        if message and (own or place or (hold and in_list)):
            for each in own or [place]:
                self._add(each if not place or each == place else (*place, *each), message)
            self._used -= max(len(own) - 1, 0)  # one message stands in the body once
            self._used += sum(map(_leaves, _values_of_places(names, in_list=in_list)))
            for name, value in members.items():  # perhaps further errors below this one
                if isinstance(value, dict | list) and _normalized(name) in _HOLDERS:
                    self._below(value, place, depth + 1, hold=True)
        elif hold and not any(isinstance(names.get(each), str | int) for each in _OF_ONE_ERROR):
            self._map(members, place, depth, texts=not in_list)
        else:
            for name, value in members.items():
                self._below(value, (), depth + 1, hold=_normalized(name) in _HOLDERS)

    def _map(
        self, members: Mapping[str, Any], place: Place, depth: int, *, texts: bool = True
    ) -> None:
        """An object whose keys are places; with `texts`, a text alone is a message."""
        for index, (name, value) in enumerate(members.items()):
            if self._is_full:
                self.more += len(members) - index
                return
            holder = _normalized(name) in _HOLDERS and isinstance(value, dict | list)
            below = place if holder else (*place, *(read_place(name) or (name,)))
            before = self._used
            if isinstance(value, str):
                if not texts:
                    continue
                self._add(below, value)
            else:
                self._below(value, below, depth + 1, hold=True)
            if self._used == before and not holder:
                self._add(below, NO_REASON)
                self._used = before

    def _below(self, value: Any, place: Place, depth: int, *, hold: bool) -> None:
        if isinstance(value, dict):
            self._object(value, place, depth, hold=hold)
        elif isinstance(value, list) and depth < _DEEPEST:
            self._items(value, place, depth, hold=hold)

    @property
    def _is_full(self) -> bool:
        return len(self._seen) >= _MOST

    def _add(self, place: Place, message: str) -> None:
        self._used += 1
        self.paired |= bool(place)
        path, text = self._fields.path_of(place) if place else None, message
        if path is None:
            path, where = WHOLE_INPUT, ".".join(filter(None, place))
            text = f"{where}: {message}" if where else message
        if (path, text) in self._seen:
            return
        if self._is_full:
            self.more += 1
            return
        self._seen.add((path, text))
        self.found.setdefault(path, []).append(text)


def _by_normalized_name(members: Mapping[str, Any]) -> Mapping[str, Any]:
    """The members that may be places and messages, by their normalized names.

    No error has as many members as there are messages to keep: what has more is a map of them.
    """
    if len(members) > _MOST:
        return {}
    named = ((_normalized(name[:40]), value) for name, value in members.items())
    return {name: value for name, value in named if name in _ALL}


_ALL: Final = frozenset(
    {*_PLACES, *_LISTS_OF_PLACES, *_MESSAGES, *_IN_PLACE_OF_A_MESSAGE, *_OF_ONE_ERROR, "name"}
)


def _message_of(names: Mapping[str, Any]) -> str | None:
    """The message of an object that is one error; `names` are normalized."""
    return _first_text(names, _MESSAGES)


def _code_of(names: Mapping[str, Any]) -> str | None:
    """What stands in the place of a message where a place has none."""
    return _first_text(names, _IN_PLACE_OF_A_MESSAGE)


def _first_text(names: Mapping[str, Any], wanted: Sequence[str]) -> str | None:
    texts = (names.get(name) for name in wanted)
    return next((text for text in texts if isinstance(text, str) and text.strip()), None)


def _values_of_places(names: Mapping[str, Any], *, in_list: bool) -> Iterator[Any]:
    """What an object names as its place, at most one.

    `name` is one only in a list (RFC 7807's `invalid-params`): elsewhere it is that of a kind.
    """
    for key in (*_LISTS_OF_PLACES, *_PLACES, *(["name"] if in_list else [])):
        value = names.get(key)
        if isinstance(value, dict) and key in _LISTS_OF_PLACES:
            continue
        if value and (isinstance(value, dict) or read_place(value) is not None):
            yield value
            return


def _places_of(names: Mapping[str, Any], *, in_list: bool) -> Iterator[Place]:
    """The places that an object is about."""
    for value in _values_of_places(names, in_list=in_list):
        if any(names.get(key) is value for key in _LISTS_OF_PLACES):
            places = map(read_place, value if isinstance(value, list) else [value])
        elif isinstance(value, dict):  # JSON:API: {"pointer": …} or {"parameter": …}
            places = map(read_place, value.values())
        else:
            places = map(read_place, [value])
        yield from (place for place in places if place is not None)


def _leaves(value: Any) -> int:
    """How many values other than objects, lists and null there are in a value."""
    count, remaining = 0, [value]
    while remaining:
        each = remaining.pop()
        if isinstance(each, dict):
            remaining.extend(each.values())
        elif isinstance(each, list):
            remaining.extend(each)
        else:
            count += each is not None
    return count


def _is_map_of_lists(document: Mapping[str, Any]) -> bool:
    """Whether a whole body is places and their messages, and nothing else."""
    return bool(document) and all(
        isinstance(value, list) and value and all(isinstance(item, str) for item in value)
        for value in document.values()
    )

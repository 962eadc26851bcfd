"""What a caller may send: the path, the body and the filters, each checked into a value.

Every function raises ProblemError for input that is not allowed. The casing of the keys in `errors`
differs on purpose: the real API's is unknown, so clients must not depend on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from contact_gateway.sandbox.database import GroupFilter
from contact_gateway.sandbox.identifiers import int64, positive_int64
from contact_gateway.sandbox.problem_documents import Problem, ProblemError, invalid_input

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams

__all__ = ["LONGEST_NAME", "group_filter", "group_id", "new_name"]

LONGEST_NAME: Final = 50
"""The most characters in a name, counted in Unicode code points."""

_LARGEST_PAGE_NUMBER: Final = 2_147_483
_LARGEST_PAGE_SIZE: Final = 1000


def group_id(segment: str) -> int:
    """The group id in the path. Zero and below are well-formed, though no group has them."""
    number = int64(segment)
    if number is None:
        raise ProblemError(
            Problem(
                status=400,
                kind="bad-request",
                title="Bad Request",
                detail="The contact group id in the path is not a 64-bit integer.",
            )
        )
    return number


def new_name(body: bytes) -> str:
    """The name in the body of an update."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise invalid_input({"$": ("The body is not valid JSON.",)}) from error
    if not isinstance(document, dict):
        raise invalid_input({"$": ("The body must be a JSON object.",)})
    if "name" not in document:
        raise invalid_input({"$": ("At least one optional value must be provided.",)})
    name = document["name"]
    if not isinstance(name, str):
        raise invalid_input({"Name": ("The value must be a string.",)})
    if not name.strip():
        raise invalid_input({"name": ("The name must not be empty.",)})
    if len(name) > LONGEST_NAME:
        raise invalid_input({"name": (f"The name is longer than {LONGEST_NAME} characters.",)})
    return name


def group_filter(query: QueryParams) -> GroupFilter:
    """The filters of a list request. The refusal names every wrong one, not only the first."""
    filters = _Filters(query)
    wanted = GroupFilter(
        ids=filters.ids(),
        name=filters.text("name"),
        sort_by_name=filters.choice("sortBy", "name") is not None,
        descending=filters.choice("direction", "ascending", "descending") == "descending",
        page_number=filters.number("pageNumber", 1, _LARGEST_PAGE_NUMBER),
        page_size=filters.number("pageSize", 100, _LARGEST_PAGE_SIZE),
    )
    if filters.errors:
        raise invalid_input(filters.errors)
    return wanted


class _Filters:
    """Reads filters one by one and collects what is wrong with them."""

    def __init__(self, query: QueryParams) -> None:
        self._query = query
        self.errors: dict[str, tuple[str, ...]] = {}

    def ids(self) -> tuple[int, ...]:
        numbers = [positive_int64(text) for text in self._query.getlist("id")]
        if None in numbers:
            self.errors["id"] = ("Every value must be a 64-bit integer greater than 0.",)
        return tuple(number for number in numbers if number is not None)

    def text(self, key: str) -> str | None:
        values = self._query.getlist(key)
        if len(values) > 1:
            self.errors[key] = ("The value may be given only once.",)
        elif values == [""]:
            self.errors[key] = ("The value must not be empty.",)
        return values[0] if values else None

    def choice(self, key: str, *choices: str) -> str | None:
        text = self.text(key)
        if text is not None and text not in choices and key not in self.errors:
            self.errors[key] = (f"The value must be {' or '.join(choices)}.",)
        return text

    def number(self, key: str, default: int, largest: int) -> int:
        text = self.text(key)
        if text is None:
            return default
        number = positive_int64(text)
        if number is None or number > largest:
            self.errors.setdefault(key, (f"The value must be between 1 and {largest}.",))
        return number or default

"""The list of contact groups: its query as it stands in a URL, and the reply to it."""

from typing import Any
from urllib.parse import urlencode

import orjson

from contact_gateway.contact_groups.model import ContactGroup, ContactGroupPage, ContactGroupQuery
from contact_gateway.rest_client import Answer
from contact_gateway.rest_client.problems import NotAnsweredError, Problem, UnexpectedAnswerError

__all__ = ["query_string", "read_page"]

_LARGEST_INT = 2**31 - 1  # GraphQL's Int holds no more
_LARGEST_ID = 2**63 - 1


def query_string(query: ContactGroupQuery) -> str:
    """The query of the URL; a filter that is not used is left out, because empty ones are 422."""
    parameters = [("id", str(group_id)) for group_id in query.ids or ()]
    if query.name_prefix:
        parameters.append(("name", query.name_prefix))
    parameters += [
        ("sortBy", "name"),
        ("direction", query.direction),
        ("pageNumber", str(query.page_number)),
        ("pageSize", str(query.page_size)),
    ]
    return urlencode(parameters)


def read_page(answer: Answer, query: ContactGroupQuery) -> ContactGroupPage:
    """Read a list reply.

    Raises:
        NotAnsweredError: the body did not come through.
        UnexpectedAnswerError: the body is not a list of contact groups.
    """
    incomplete = answer.incomplete
    if incomplete is not None and incomplete.may_pass:
        raise NotAnsweredError(incomplete)
    try:
        document = orjson.loads(answer.content)
        return ContactGroupPage(
            items=tuple(_read_group(item) for item in _list(document["items"])),
            page_number=_integer(document.get("pageNumber", query.page_number), _LARGEST_INT),
            page_size=_integer(document.get("pageSize", query.page_size), _LARGEST_INT),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnexpectedAnswerError(Problem(answer.status)) from error


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):  # an object or a string would pass for an empty page
        raise TypeError("expected an array")
    return value


def _read_group(item: dict[str, Any]) -> ContactGroup:
    name = item["name"]
    if not isinstance(name, str):
        raise TypeError("a contact group's name is a string")
    return ContactGroup(_integer(item["id"], _LARGEST_ID), name)


def _integer(value: object, largest: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= largest:
        raise TypeError("expected a positive integer")
    return value

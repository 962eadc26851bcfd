"""The list of contact groups: its query as it stands in a URL, and the reply to it."""

import codecs
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from contact_gateway.contact_groups.model import ContactGroup, ContactGroupPage, ContactGroupQuery
from contact_gateway.rest_client import Answer
from contact_gateway.rest_client.problems import NotAnsweredError, Problem, UnexpectedAnswerError

__all__ = ["PATH", "query_string", "read_page"]

PATH: Final = "/v1/contactGroups"
"""Where contact groups are below the base URL."""

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

    A group that cannot be read does not cost the others.

    Raises:
        NotAnsweredError: the body did not come through.
        UnexpectedAnswerError: the body is not a list of contact groups, or has none that can be
            read.
    """
    incomplete = answer.incomplete
    if incomplete is not None and incomplete.may_pass:
        raise NotAnsweredError(incomplete)
    try:
        document = orjson.loads(answer.content.removeprefix(codecs.BOM_UTF8))
        groups = [_read_group(item) for item in _list(document["items"])]
        items = tuple(group for group in groups if group is not None)
        if groups and not items:
            raise ValueError("no group among them")  # noqa: TRY301 - as all that is no list
        return ContactGroupPage(
            items=items,
            malformed=tuple(at for at, group in enumerate(groups) if group is None),
            page_number=_integer(document.get("pageNumber", query.page_number), _LARGEST_INT),
            page_size=_integer(document.get("pageSize", query.page_size), _LARGEST_INT),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnexpectedAnswerError(Problem(answer.status)) from error


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):  # an object or a string would pass for an empty page
        raise TypeError("expected an array")
    return value


def _read_group(item: Any) -> ContactGroup | None:
    """One group, or None where it is none."""
    try:
        name = item["name"]
        return ContactGroup(_integer(item["id"], _LARGEST_ID), name) if _is_text(name) else None
    except (KeyError, TypeError, IndexError):
        return None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _integer(value: object, largest: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= largest:
        raise TypeError("expected a positive integer")
    return value

"""A GraphQL-over-HTTP request, in the JSON of a body or in a URL: strict, and well-formed."""

from typing import Any, Final, NamedTuple

from contact_gateway.forms import strict_json, url_parameters

__all__ = [
    "BatchError",
    "GraphQLRequest",
    "NotJSONError",
    "NotURLEncodedError",
    "NotWellFormedError",
    "URLTooLongError",
    "read_request",
    "read_url",
]

_MOST_VALUES = 1000  # of variables; checking each against its type takes some 2 µs


# what names a document; without one of these there is nothing to execute
_DOCUMENTS: Final = frozenset({"query", "documentId", "extensions"})
_LARGEST_BATCH: Final = 100  # that is refused member by member; clients send some ten


class NotJSONError(Exception):
    """The body is not a JSON object in UTF-8, or `variables` or `extensions` in a URL are no JSON.

    The message says what was expected and where it is not so, and quotes nothing of the request.
    """


class BatchError(Exception):
    """The body is an array of as many requests as `length`, and not one."""

    def __init__(self, length: int) -> None:
        super().__init__(
            "Expected a JSON object; batches are not served. Send each request by itself, in "
            "Apollo Client with HttpLink in the place of BatchHttpLink."
        )
        self.length = length


class NotURLEncodedError(Exception):
    """The query of the URL is not parameters in UTF-8. The message says what was expected."""


class URLTooLongError(Exception):
    """The parameters in the URL are longer than MAX_BODY_BYTES."""


class NotWellFormedError(Exception):
    """The object is not a GraphQL-over-HTTP request. The message says what was expected."""


class GraphQLRequest(NamedTuple):
    """The parameters of a request ("Request Parameters").

    `document_id` stands for the document where there is no `query`.
    """

    query: str | None
    document_id: str | None
    operation_name: str | None
    variables: dict[str, Any]


def read_request(body: bytes) -> GraphQLRequest:
    """Read the JSON encoding of a request ("JSON Encoding").

    Properties that it does not know are ignored, and null is as good as absent.

    Raises:
        BatchError: it is several requests.
        NotJSONError: the body is not one JSON object in UTF-8 without duplicate keys.
        NotWellFormedError: it is not an object of the parameters of a request.
    """
    parameters = _json(body, "one JSON object")
    if not isinstance(parameters, dict):
        if _is_batch(parameters):
            raise BatchError(len(parameters))
        raise NotJSONError("Expected a JSON object; batches are not served.")
    return _request(parameters, body.count(b","))


def read_url(query: bytes, largest: int) -> GraphQLRequest:
    """Read a request from the query of a URL ("GET"), of at most `largest` bytes when decoded.

    Parameters that it does not know are ignored, and an empty one is as good as absent.

    Raises:
        NotURLEncodedError: an escape or UTF-8 is malformed, or a parameter is there twice.
        URLTooLongError: it is longer.
        NotJSONError: `variables` or `extensions` are no JSON.
        NotWellFormedError: these are not the parameters of a request.
    """
    try:
        texts = url_parameters.decode(query)
    except ValueError as error:
        raise NotURLEncodedError(f"Expected {error}.") from error
    if len(query) > largest and _size(texts) > largest:
        raise URLTooLongError
    # an empty document is one, though not a good one
    parameters: dict[str, Any] = {k: text for k, text in texts.items() if text or k == "query"}
    if not parameters.keys() & _DOCUMENTS:
        raise NotWellFormedError("Expected the URL of a GET to have `query` or `documentId`.")
    commas = 0
    for name in ("variables", "extensions"):
        if name in parameters:
            content = parameters[name].encode()
            commas += content.count(b",")
            parameters[name] = _json(content, f"`{name}` to be JSON")
    return _request(parameters, commas)


def _is_batch(body: Any) -> bool:
    if not isinstance(body, list) or not 0 < len(body) <= _LARGEST_BATCH:
        return False
    return all(isinstance(member, dict) for member in body)


def _size(texts: dict[str, str]) -> int:
    return sum(len(part.encode()) for pair in texts.items() for part in pair)


def _json(content: bytes, expected: str) -> Any:
    try:
        return strict_json.decode(content)
    except strict_json.DuplicateKeyError as error:
        raise NotJSONError("Expected each key of an object once.") from error
    except ValueError as error:
        raise NotJSONError(f"Expected {expected} in UTF-8: {error}.") from error


def _request(parameters: dict[str, Any], commas: int) -> GraphQLRequest:
    """The request of these parameters, in whose variables are at most so many commas."""
    query = _string(parameters, "query")
    extensions = _object(parameters, "extensions")
    variables = _object(parameters, "variables")
    # each value but the first has a comma before it
    if commas >= _MOST_VALUES and _count_values(variables) > _MOST_VALUES:
        raise NotWellFormedError(f"Expected at most {_MOST_VALUES} values in `variables`.")
    return GraphQLRequest(
        query,
        _document_id(parameters, extensions) if query is None else None,
        _string(parameters, "operationName") or None,  # no operation has the name ""
        variables,
    )


def _document_id(parameters: dict[str, Any], extensions: dict[str, Any]) -> str:
    """The id of a persisted document: `documentId`, or Apollo's `extensions.persistedQuery`."""
    document_id = _string(parameters, "documentId")
    if document_id is not None:
        return document_id
    persisted_query = extensions.get("persistedQuery")
    if persisted_query is None:
        raise NotWellFormedError("Expected `query` to be a string.")
    if isinstance(persisted_query, dict) and persisted_query.get("version") == 1:
        digest = persisted_query.get("sha256Hash")
        if isinstance(digest, str):
            return digest
    raise NotWellFormedError(
        "Expected `extensions.persistedQuery` to have the version 1 and a `sha256Hash`."
    )


def _string(parameters: dict[str, Any], name: str) -> str | None:
    value = parameters.get(name)
    if value is None or isinstance(value, str):
        return value
    raise NotWellFormedError(f"Expected `{name}` to be a string.")


def _object(parameters: dict[str, Any], name: str) -> dict[str, Any]:
    value = parameters.get(name)
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise NotWellFormedError(f"Expected `{name}` to be an object or null.")


def _count_values(variables: dict[str, Any]) -> int:
    """How many values there are, however deep; without recursion, because it may be deep."""
    count = 0
    remaining: list[Any] = [variables]
    while remaining:
        value = remaining.pop()
        count += 1
        if isinstance(value, dict):
            remaining.extend(value.values())
        elif isinstance(value, list):
            remaining.extend(value)
    return count

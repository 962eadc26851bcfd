"""Documents, read once: the text of a document leads to what reading it came to."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, nullcontext
from threading import Lock
from typing import Final, Generic, TypeVar

import structlog
from graphql import GraphQLError, GraphQLSchema

from contact_gateway.operations.allowance import ReadingAllowance, reading_allowance_of
from contact_gateway.operations.disclosure import Disclosure
from contact_gateway.operations.following import a_while, followed
from contact_gateway.operations.limits import LIMITS
from contact_gateway.operations.manifests import document_hash, without_prefix
from contact_gateway.operations.reading import DocumentReader, ValidDocument
from contact_gateway.operations.refusals import Refusal, RequestErrorCode, refuse
from contact_gateway.operations.trusted_documents import (
    TrustedDocuments,
    TrustedSource,
    trusted_source_of,
)
from contact_gateway.settings import Settings, TrustedDocumentsMode

__all__ = ["OperationStore", "open_store"]

_log = structlog.get_logger(__name__)

_BYTES_OF_VALID = 16_777_216
_BYTES_OF_REFUSED = 2_097_152
_BYTES_PER_TOKEN = 1_400  # with what its operations remember; measured: 510 to 1,370
_BYTES_PER_CHARACTER = 4  # at most, as Python stores text

_MOST_IDS: Final = 5  # in a line of the log

Outcome = TypeVar("Outcome", ValidDocument, Refusal)


class _Remembered(Generic[Outcome]):
    """The outcomes used last; bounded by the memory that they take, not by their number."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._entries: OrderedDict[str, Outcome] = OrderedDict()

    def get(self, text: str) -> Outcome | None:
        entry = self._entries.get(text)
        if entry is not None:
            self._entries.move_to_end(text)
        return entry

    def put(self, text: str, outcome: Outcome) -> None:
        self._entries[text] = outcome
        self._bytes += _cost(text, outcome)
        while self._bytes > self._most_bytes:
            self._bytes -= _cost(*self._entries.popitem(last=False))


class OperationStore:
    """Finds the document of a request; remembers those used last, accepted and refused ones.

    The refused are kept apart, so that a flood of them displaces nothing that works. Trusted
    documents are never displaced. With `only_trusted`, no others are served. What is remembered or
    trusted is always served; reading another takes from the `allowance`, if there is one.
    `source` is where the trusted ones are listed.
    """

    def __init__(
        self,
        reader: DocumentReader,
        trusted: TrustedDocuments | None = None,
        *,
        only_trusted: bool = False,
        source: TrustedSource | None = None,
        allowance: ReadingAllowance | None = None,
    ) -> None:
        self._allowance = allowance
        self._reader = reader
        self._source = source
        self._reloading = Lock()
        self._trust(trusted)
        self._only_trusted = only_trusted
        self._valid: _Remembered[ValidDocument] = _Remembered(_BYTES_OF_VALID)
        self._refused: _Remembered[Refusal] = _Remembered(_BYTES_OF_REFUSED)

    @property
    def reloads(self) -> bool:
        """Whether there is anything to read anew."""
        return self._source is not None

    def reload(self) -> None:
        """Read the trusted documents anew; it may be done on another thread.

        Raises:
            TrustedDocumentsError: they cannot be read, and those from before stay.
        """
        if self._source is None:
            return
        with self._reloading:  # on two threads, the earlier could put its older ones last
            before = self._trusted.by_hash if self._trusted else {}
            trusted = self._source.read()
            self._trust(trusted)
        came, went = trusted.by_hash.keys() - before.keys(), before.keys() - trusted.by_hash.keys()
        if came or went:
            _tell_of_change(len(trusted.by_hash), came, went)

    def kept_fresh(
        self, pause: Callable[[], Awaitable[None]] = a_while
    ) -> AbstractAsyncContextManager[None]:
        """Reload in the background whenever a file of the trusted documents changes."""
        return followed(self._source, self.reload, pause)

    def _trust(self, trusted: TrustedDocuments | None) -> None:
        self._trusted = trusted
        self._trusted_texts = trusted.by_text if trusted else {}

    def by_text(self, text: str) -> ValidDocument | Refusal:
        """The document that `text` is, or why it is refused.

        Raises:
            UnseenTooOftenError: it would have to be read, and too much has been.
        """
        trusted = self._trusted_texts.get(text)
        if trusted is not None:
            return trusted
        if self._only_trusted:
            return _NOT_LISTED
        return self._valid.get(text) or self._refused.get(text) or self._read(text)

    def by_id(self, document_id: str) -> ValidDocument | Refusal:
        """The trusted document with the SHA-256 `document_id`, or why there is none."""
        if self._trusted is None:
            return _NOT_SUPPORTED
        return self._trusted.by_hash.get(without_prefix(document_id)) or _NOT_FOUND

    def _read(self, text: str) -> ValidDocument | Refusal:
        with self._allowance.spent() if self._allowance else nullcontext():
            outcome = self._reader.read(text)
        if isinstance(outcome, ValidDocument):
            self._valid.put(text, outcome)
            if self._trusted is not None:
                _log.warning("document_not_listed", sha256=document_hash(text))
        elif len(text) <= LIMITS.characters:  # a longer one is refused faster than found
            self._refused.put(text, outcome)
        return outcome


def open_store(settings: Settings, schema: GraphQLSchema, disclosure: Disclosure) -> OperationStore:
    """The documents that the settings allow.

    Raises:
        TrustedDocumentsError: a manifest cannot be read, or a document does not fit.
    """
    reader = DocumentReader(schema, disclosure, introspection=settings.introspection)
    source = trusted_source_of(settings, schema)
    only_trusted = settings.trusted_documents_mode is TrustedDocumentsMode.ENFORCE
    return OperationStore(
        reader,
        source.read() if source else None,
        only_trusted=only_trusted,
        source=source,
        allowance=reading_allowance_of(settings),
    )


def _tell_of_change(listed: int, came: Collection[str], went: Collection[str]) -> None:
    _log.info(
        "trusted_documents_changed",
        listed=listed,
        came=len(came),
        went=len(went),
        came_sha256=sorted(came)[:_MOST_IDS],
        went_sha256=sorted(went)[:_MOST_IDS],
    )


# The messages are those that clients of Apollo's protocol compare with.
_NOT_FOUND = refuse(
    RequestErrorCode.PERSISTED_QUERY_NOT_FOUND, [GraphQLError("PersistedQueryNotFound")]
)
_NOT_SUPPORTED = refuse(
    RequestErrorCode.PERSISTED_QUERY_NOT_SUPPORTED, [GraphQLError("PersistedQueryNotSupported")]
)
_NOT_LISTED = refuse(
    RequestErrorCode.QUERY_NOT_IN_SAFELIST,
    [GraphQLError("Expected one of the documents that are listed as trusted.")],
)


def _cost(text: str, outcome: ValidDocument | Refusal) -> int:
    """Bytes of memory, about."""
    tokens = outcome.token_count if isinstance(outcome, ValidDocument) else 5
    return tokens * _BYTES_PER_TOKEN + len(text) * _BYTES_PER_CHARACTER

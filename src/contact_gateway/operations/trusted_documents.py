"""Trusted documents: those that were listed when the clients were built, and are known to be good.

They are read at start-up, and anew when a file of them changes or the process is told to; until
then they are kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphql import GraphQLSchema, OperationDefinitionNode, parse

from contact_gateway.operations.disclosure import Disclosure
from contact_gateway.operations.manifest_files import Listed, ManifestFiles, State
from contact_gateway.operations.manifests import ManifestError
from contact_gateway.operations.reading import DocumentReader, ValidDocument
from contact_gateway.operations.refusals import Refusal, RequestErrorCode
from contact_gateway.settings import PREFIX, Settings, SettingsError, TrustedDocumentsMode

__all__ = [
    "TrustedDocuments",
    "TrustedDocumentsError",
    "TrustedSource",
    "load_trusted_documents",
    "trusted_documents_of",
    "trusted_source_of",
]

_VARIABLE = f"{PREFIX}TRUSTED_DOCUMENTS"


class TrustedDocumentsError(SettingsError):
    """The manifest cannot be used; each of `lines` names a document and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class TrustedDocuments:
    """The listed documents, by the SHA-256 of their text and by their text."""

    by_hash: Mapping[str, ValidDocument]
    by_text: Mapping[str, ValidDocument]


class TrustedSource:
    """Manifests, and what was read there.

    A document that was read before is not read again: a change of one among thousands costs little.
    """

    def __init__(self, paths: Sequence[Path], reader: DocumentReader) -> None:
        self._files = ManifestFiles(paths)
        self._reader = reader
        self._seen: State | None = None
        self._known: Mapping[str, ValidDocument] = {}

    def has_changed(self) -> bool:
        """Whether a file is another than when it was last read, well or in vain."""
        return self._files.state() != self._seen

    def read(self) -> TrustedDocuments:
        """Read the manifests and every document in them.

        Raises:
            TrustedDocumentsError: one cannot be read, or a document does not fit.
        """
        self._seen = self._files.state()  # before: what is written meanwhile is a change
        try:
            listed = list(self._files.read())
        except (OSError, ManifestError) as error:
            raise TrustedDocumentsError([f"{_VARIABLE}: {error}"]) from error
        self._known = self._valid(listed)
        return TrustedDocuments(
            self._known, {document.text: document for document in self._known.values()}
        )

    def _valid(self, listed: list[Listed]) -> dict[str, ValidDocument]:
        valid: dict[str, ValidDocument] = {}
        faults: dict[str, list[str]] = {}
        for file, digest, text in listed:
            if digest in valid or digest in faults:
                continue
            outcome = self._known.get(digest) or self._reader.read(text)
            if isinstance(outcome, ValidDocument):
                valid[digest] = outcome
                continue
            where = f"{file}: " if self._files.several else ""
            what = f"{_VARIABLE}: {where}{_name_of(outcome, text)} (sha256:{digest})"
            faults[digest] = [f"{what}: {error.message}" for error in outcome.errors]
        if faults:
            raise TrustedDocumentsError([line for lines in faults.values() for line in lines])
        return valid


def trusted_source_of(settings: Settings, schema: GraphQLSchema) -> TrustedSource | None:
    """The manifests that the settings name, if they are to be used."""
    off = settings.trusted_documents_mode is TrustedDocumentsMode.OFF
    if settings.trusted_documents is None or off:
        return None
    return TrustedSource(
        [Path(path) for path in settings.trusted_documents],
        # what is wrong with one is told to whoever starts the process
        DocumentReader(schema, Disclosure(schema, full=True), introspection=settings.introspection),
    )


def trusted_documents_of(settings: Settings, schema: GraphQLSchema) -> TrustedDocuments | None:
    """The documents of the manifests that the settings name, if they are to be used.

    Raises:
        TrustedDocumentsError: one cannot be read, or a document does not fit.
    """
    source = trusted_source_of(settings, schema)
    return source.read() if source else None


def load_trusted_documents(path: Path, reader: DocumentReader) -> TrustedDocuments:
    """Read the manifest at a path, or every one in a directory, and every document in it.

    Raises:
        TrustedDocumentsError: it cannot be read, or a document does not fit schema and limits.
    """
    return TrustedSource([path], reader).read()


def _name_of(refusal: Refusal, text: str) -> str:
    """The names of the operations in a refused document, as far as it can be parsed at all."""
    if refusal.errors[0].code is RequestErrorCode.GRAPHQL_PARSE_FAILED:
        return "a document"
    return ", ".join(_operation_names(text))


def _operation_names(text: str) -> Iterator[str]:
    for definition in parse(text).definitions:
        if isinstance(definition, OperationDefinitionNode):
            yield definition.name.value if definition.name else "an operation without a name"

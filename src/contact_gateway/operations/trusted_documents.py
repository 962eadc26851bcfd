"""Trusted documents: those that were listed when the clients were built, and are known to be good.

They are read at start-up, and anew when the process is told to; until then they are kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from graphql import GraphQLSchema, OperationDefinitionNode, parse

from contact_gateway.operations.disclosure import Disclosure
from contact_gateway.operations.manifests import ManifestError, read_manifest
from contact_gateway.operations.reading import DocumentReader, ValidDocument
from contact_gateway.operations.refusals import Refusal, RequestErrorCode
from contact_gateway.settings import PREFIX, Settings, SettingsError, TrustedDocumentsMode

__all__ = [
    "TrustedDocuments",
    "TrustedDocumentsError",
    "load_trusted_documents",
    "trusted_documents_of",
]

_VARIABLE = f"{PREFIX}TRUSTED_DOCUMENTS"


class TrustedDocumentsError(SettingsError):
    """The manifest cannot be used; each of `lines` names a document and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class TrustedDocuments:
    """The listed documents, by the SHA-256 of their text and by their text."""

    by_hash: Mapping[str, ValidDocument]
    by_text: Mapping[str, ValidDocument]


def trusted_documents_of(settings: Settings, schema: GraphQLSchema) -> TrustedDocuments | None:
    """The documents of the manifest that the settings name, if it is to be used.

    Raises:
        TrustedDocumentsError: it cannot be read, or a document does not fit.
    """
    off = settings.trusted_documents_mode is TrustedDocumentsMode.OFF
    if settings.trusted_documents is None or off:
        return None
    return load_trusted_documents(
        Path(settings.trusted_documents),
        # what is wrong with one is told to whoever starts the process
        DocumentReader(schema, Disclosure(schema, full=True), introspection=settings.introspection),
    )


def load_trusted_documents(path: Path, reader: DocumentReader) -> TrustedDocuments:
    """Read a manifest and every document in it.

    Raises:
        TrustedDocumentsError: it cannot be read, or a document does not fit schema and limits.
    """
    try:
        texts = read_manifest(path.read_bytes())
    except (OSError, ManifestError) as error:
        raise TrustedDocumentsError([f"{_VARIABLE}: {error}"]) from error
    outcomes = {digest: reader.read(text) for digest, text in texts.items()}
    faults = [
        f"{_VARIABLE}: {_name_of(outcome, texts[digest])} (sha256:{digest}): {fault}"
        for digest, outcome in outcomes.items()
        if isinstance(outcome, Refusal)
        for fault in (error.message for error in outcome.errors)
    ]
    if faults:
        raise TrustedDocumentsError(faults)
    by_hash = {
        digest: outcome
        for digest, outcome in outcomes.items()
        if isinstance(outcome, ValidDocument)
    }
    return TrustedDocuments(by_hash, {texts[digest]: valid for digest, valid in by_hash.items()})


def _name_of(refusal: Refusal, text: str) -> str:
    """The names of the operations in a refused document, as far as it can be parsed at all."""
    if refusal.errors[0].code is RequestErrorCode.GRAPHQL_PARSE_FAILED:
        return "a document"
    return ", ".join(_operation_names(text))


def _operation_names(text: str) -> Iterator[str]:
    for definition in parse(text).definitions:
        if isinstance(definition, OperationDefinitionNode):
            yield definition.name.value if definition.name else "an operation without a name"

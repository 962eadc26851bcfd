"""Manifests of trusted documents, as three generators write them.

graphql-codegen's client preset and Relay's compiler write an object of hash → text, the former with
`sha256:` before the hash; Apollo's generate-persisted-query-manifest writes a list of operations.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

__all__ = ["ManifestError", "document_hash", "read_manifest", "without_prefix"]

_APOLLO_FORMAT = "apollo-persisted-query-manifest"
_PREFIX = "sha256:"


class ManifestError(Exception):
    """A manifest is not one, or an id in it is not its document's. The message says which."""


def document_hash(text: str) -> str:
    """The id of a document: SHA-256 of its text, in lower-case hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def without_prefix(document_id: str) -> str:
    """A document id without the prefix that names its hash, where it has it."""
    return document_id.removeprefix(_PREFIX)


def read_manifest(content: bytes) -> dict[str, str]:
    """SHA-256 → text of every document in a manifest.

    Raises:
        ManifestError: it is in none of the three formats, or an id is not the SHA-256 of its text.
    """
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ManifestError("expected JSON in UTF-8") from error
    documents = {}
    for document_id, text in _entries(manifest):
        if not isinstance(document_id, str) or not isinstance(text, str):
            raise ManifestError("expected ids and documents to be strings")
        if without_prefix(document_id) != document_hash(text):
            raise ManifestError(
                f"{document_id}: expected the SHA-256 of the document as its id (graphql-codegen: "
                'hashAlgorithm "sha256"; Relay: persistConfig.algorithm "SHA256")'
            )
        documents[without_prefix(document_id)] = text
    return documents


def _entries(manifest: Any) -> Iterator[tuple[Any, Any]]:
    if not isinstance(manifest, dict):
        raise ManifestError("expected a JSON object")
    if "format" not in manifest:
        yield from manifest.items()
        return
    if (manifest["format"], manifest.get("version")) != (_APOLLO_FORMAT, 1):
        raise ManifestError(f"expected the format {_APOLLO_FORMAT}, version 1")
    operations = manifest.get("operations")
    if not isinstance(operations, list) or not all(isinstance(o, dict) for o in operations):
        raise ManifestError("expected operations to be a list of objects")
    for operation in operations:
        yield operation.get("id"), operation.get("body")

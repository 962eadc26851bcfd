"""Secrets that are in files: Docker and Kubernetes mount them, and put others in their place.

A setting `…_FILE` names the file that holds the value of the setting without it. The value is read
when the settings are, and anew when the process is told to.
"""

from collections.abc import Collection, Mapping
from typing import Final

from pydantic_core import PydanticCustomError

from contact_gateway.forms.named_files import FileFaultError, read_file

__all__ = ["FILE", "FromFile", "file_fault", "readable", "with_secrets"]

FILE: Final = "_file"
"""How the name of a setting ends that names the file of another."""

_MOST_BYTES: Final = 65_536
_FAULT: Final = "file_fault"


class FromFile(str):
    """The value of a setting that was in a file."""

    __slots__ = ()


class _SetTwice(str):
    """The path of a file whose setting is set too; no such path is read."""

    __slots__ = ()


def with_secrets(values: Mapping[str, object], settings: Collection[str]) -> Mapping[str, object]:
    """`values` by the names of settings, with those that are in files."""
    found = dict(values)
    for name in settings:
        path = found.get(name + FILE)
        if name + FILE not in settings or not isinstance(path, str):
            continue
        if found.get(name) is not None:
            found[name + FILE] = _SetTwice(path)
            continue
        try:
            found[name] = FromFile(_content(path))
        except FileFaultError:
            continue  # `readable` says so, with all else that is wrong
    return found


def readable(path: object) -> object:
    """The path as it is, if a secret can be read there.

    Raises:
        PydanticCustomError: it cannot; `file_fault` says why.
    """
    if not isinstance(path, str):
        return path
    if isinstance(path, _SetTwice):
        raise PydanticCustomError(_FAULT, "what it holds is set too")
    try:
        _content(path)
    except FileFaultError as error:
        raise PydanticCustomError(_FAULT, str(error)) from None
    return path


def file_fault(kind: str, message: str) -> str | None:
    """What is wrong with a file, if an error of pydantic of this kind is about one."""
    return message if kind == _FAULT else None


def _content(path: str) -> str:
    try:
        # a line break at the end is the editor's, a byte order mark at the beginning too
        text = read_file(path, _MOST_BYTES).decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise FileFaultError("it is no text in UTF-8") from None
    if not text:
        raise FileFaultError("the file is empty")
    return text

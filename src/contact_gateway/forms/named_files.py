"""Reading a small file that somebody has named; what is wrong with it is said in a few words."""

from pathlib import Path

__all__ = ["FileFaultError", "read_file"]


class FileFaultError(Exception):
    """A file cannot be used; the message is for people, and quotes nothing of what is in it."""


def read_file(path: str, most_bytes: int) -> bytes:
    """The content of a file that is neither empty nor longer than `most_bytes`.

    Raises:
        FileFaultError: there is no such file, or it cannot be used.
    """
    file = Path(path)
    try:
        if not file.exists():
            raise FileFaultError("there is no such file")
        if not file.is_file():  # to open what is none may wait for ever
            raise FileFaultError("it is no regular file")
        with file.open("rb") as opened:
            content = opened.read(most_bytes + 1)
    except (OSError, ValueError) as error:
        raise FileFaultError(f"it cannot be read: {type(error).__name__}") from error
    if not content.strip():
        raise FileFaultError("the file is empty")
    if len(content) > most_bytes:
        raise FileFaultError(f"the file has more than {most_bytes} bytes")
    return content

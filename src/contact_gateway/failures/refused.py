"""What the gateway refuses itself, before anything is sent upstream."""

from collections.abc import Iterable
from dataclasses import dataclass

from contact_gateway.rest_client.problems import FieldErrors

__all__ = [
    "CustomerNotNamedError",
    "Fault",
    "InvalidArgumentsError",
    "PermissionRefusedError",
    "ScopeMissingError",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one argument was refused; `path` is where it stands in the GraphQL arguments."""

    path: tuple[str, ...]
    message: str


class InvalidArgumentsError(Exception):
    """The arguments break the gateway's own rules; nothing was sent upstream."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__("invalid arguments")
        self.faults = tuple(faults)

    @property
    def field_errors(self) -> FieldErrors:
        """The messages of each path, in the order in which they were found."""
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for fault in self.faults:
            found[fault.path] = (*found.get(fault.path, ()), fault.message)
        return found


class PermissionRefusedError(Exception):
    """The gateway refuses the caller; `required_scope` is the scope that is missing, if one is."""

    required_scope: str | None = None


class ScopeMissingError(PermissionRefusedError):
    """The caller's token lacks a scope."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.required_scope = scope


class CustomerNotNamedError(PermissionRefusedError):
    """The caller's token is not good for the customer that the request asks for."""

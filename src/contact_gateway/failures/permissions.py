"""Who may resolve a field: decided on the principal, before the arguments are looked at."""

from typing import Any

import strawberry
from strawberry.permission import BasePermission, PermissionExtension

from contact_gateway.context import RequestContext
from contact_gateway.failures.refused import CustomerNotNamedError, ScopeMissingError

__all__ = ["RequiresScope", "require_scope", "requires"]

Info = strawberry.Info[RequestContext[Any], None]


class RequiresScope(BasePermission):
    """Lets a caller through whose token grants exactly one scope, and is good for the customer.

    Its refusal becomes data or an error like every other failure.
    """

    def __init__(self, scope: str) -> None:
        self.scope = scope

    def has_permission(
        self,
        source: Any,  # noqa: ARG002 - Strawberry passes it
        info: Info,
        **kwargs: Any,  # noqa: ARG002 - and these
    ) -> bool:
        """Whether the caller may resolve the field; raises what `require_scope` does."""
        require_scope(self.scope, info)
        return True


def require_scope(scope: str, info: Info) -> None:
    """Let a caller pass who has the scope, and for the customer asked for.

    Raises:
        ScopeMissingError: it is not there; named as the caller can ask the issuer for it.
        CustomerNotNamedError: the scope is there, and of no use for the customer asked for.
    """
    context = info.context
    if not context.principal.has_scope(scope):
        raise ScopeMissingError(context.principal.to_ask_for(scope))
    if context.caller is None:
        raise CustomerNotNamedError


def requires(scope: str) -> PermissionExtension:
    """The permission of a field that reaches the upstream: the scope first, then the customer."""
    return PermissionExtension(
        permissions=[RequiresScope(scope)],
        use_directives=False,  # the public schema does not speak of permissions
    )

"""Contact groups in Django REST framework, in one file. Argument: the port."""

import sys
from typing import Any

from django.conf import settings
from django.core.management import execute_from_command_line

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=["rest_framework"],
    REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": [], "UNAUTHENTICATED_USER": None},
    ROOT_URLCONF=__name__,
    SECRET_KEY="of a test",
)

# the settings come first in Django
from rest_framework import serializers, status, viewsets  # noqa: E402
from rest_framework.exceptions import NotFound, PermissionDenied  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.routers import SimpleRouter  # noqa: E402


class ContactGroupSerializer(serializers.Serializer):
    """The body of an update."""

    name = serializers.CharField(max_length=50, required=False)


class ContactGroups(viewsets.ViewSet):
    """The groups 1 and 2 can be renamed; 3 is another's, 4 breaks, and there are no others."""

    def list(self, _request: Request) -> Response:
        """One page, whatever is asked for."""
        items = [{"id": 1, "name": "Friends"}]
        return Response({"items": items, "pageNumber": 1, "pageSize": 100, "pageItemCount": 1})

    def partial_update(self, request: Request, pk: str) -> Response:
        """Rename a group."""
        serializer = ContactGroupSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changes: dict[str, Any] = serializer.validated_data
        if pk == "1":
            return Response(status=status.HTTP_204_NO_CONTENT)
        if pk == "2":
            return Response({"id": 2, **changes})
        if pk == "3":
            raise PermissionDenied
        if pk == "4":
            raise RuntimeError("It broke.")
        raise NotFound


router = SimpleRouter(trailing_slash=False)
router.register("v1/contactGroups", ContactGroups, basename="contact-group")
urlpatterns = router.urls

if __name__ == "__main__":
    address = f"127.0.0.1:{sys.argv[1]}"
    execute_from_command_line([sys.argv[0], "runserver", "--noreload", "--skip-checks", address])

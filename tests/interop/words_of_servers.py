"""What REST servers say in their own words, as a client of the gateway sees it."""

from dataclasses import dataclass
from typing import Any, Final

from tests.members import Member, bare_problem, invalid, rejected

__all__ = ["TOO_LONG", "WORDS", "Words"]

TOO_LONG: Final = "Best customers of all the customers that we have ever had"
_AT_THE_NAME: Final = ["input", "name"]
_FORBIDDEN: Final = "This group is not yours."
_MISSING: Final = "There is no such group."
_PRISM: Final = "https://stoplight.io/prism/errors#"


@dataclass(frozen=True)
class Words:
    """Of one server: the whole member for a name that is too long, and problems by what is wrong.

    Of a problem there are the members that say anything.
    """

    too_long: Member
    forbidden: dict[str, Any]
    missing: dict[str, Any]
    elsewhere: dict[str, Any]
    broken: dict[str, Any]


def _too_long(status: int, message: str, **problem: Any) -> Member:
    return invalid((_AT_THE_NAME, [message]), problem=bare_problem(status, **problem))


WORDS: Final = {
    "FastAPI": Words(
        too_long=_too_long(
            422,
            "String should have at most 50 characters",
            extensions={
                "detail": [
                    {
                        "type": "string_too_long",
                        "loc": ["body", "name"],
                        "msg": "String should have at most 50 characters",
                        "input": TOO_LONG,
                        "ctx": {"max_length": 50},
                    }
                ]
            },
        ),
        forbidden={"detail": _FORBIDDEN},
        missing={"detail": _MISSING},
        elsewhere={"detail": "Not Found"},
        broken={},  # text/plain
    ),
    "Django REST framework": Words(
        too_long=_too_long(400, "Ensure this field has no more than 50 characters."),
        forbidden={"detail": "You do not have permission to perform this action."},
        missing={"detail": "Not found."},
        elsewhere={},  # HTML
        broken={},  # HTML
    ),
    "connexion": Words(
        too_long=rejected(
            bare_problem(400, title="Bad Request", detail=f"'{TOO_LONG}' is too long - 'name'")
        ),
        forbidden={"title": "Forbidden", "detail": _FORBIDDEN},
        missing={"title": "Not Found", "detail": _MISSING},
        elsewhere={
            "title": "Not Found",
            "detail": (
                "The requested URL was not found on the server. If you entered the URL manually "
                "please check your spelling and try again."
            ),
        },
        broken={"title": "Internal Server Error"},
    ),
    "express-openapi-validator": Words(
        too_long=_too_long(
            400,
            "must NOT have more than 50 characters",
            detail="request/body/name must NOT have more than 50 characters",
            extensions={
                "errors": [
                    {
                        "path": "/body/name",
                        "message": "must NOT have more than 50 characters",
                        "errorCode": "maxLength.openapi.validation",
                    }
                ]
            },
        ),
        forbidden={"detail": _FORBIDDEN},
        missing={"detail": _MISSING},
        elsewhere={
            "detail": "not found",
            "extensions": {
                "errors": [{"path": "/wrong/v1/contactGroups/1", "message": "not found"}]
            },
        },
        broken={},
    ),
    "NestJS": Words(
        too_long=rejected(
            bare_problem(
                400,
                title="Bad Request",
                detail="name must be shorter than or equal to 50 characters",
                extensions={"statusCode": 400},
            )
        ),
        forbidden={"title": "Forbidden", "detail": _FORBIDDEN, "extensions": {"statusCode": 403}},
        missing={"title": "Not Found", "detail": _MISSING, "extensions": {"statusCode": 404}},
        elsewhere={
            "title": "Not Found",
            "detail": "Cannot PATCH /wrong/v1/contactGroups/1",
            "extensions": {"statusCode": 404},
        },
        broken={},
    ),
    "Prism": Words(
        too_long=_too_long(
            422,
            "Request body property name must NOT have more than 50 characters",
            type=f"{_PRISM}UNPROCESSABLE_ENTITY",
            title="Invalid request",
            detail=(
                "Your request is not valid and no HTTP validation response was found in the spec, "
                "so Prism is generating this error for you."
            ),
            extensions={
                "validation": [
                    {
                        "location": ["body", "name"],
                        "severity": "Error",
                        "code": "maxLength",
                        "message": (
                            "Request body property name must NOT have more than 50 characters"
                        ),
                    }
                ]
            },
        ),
        forbidden={"title": "Forbidden", "detail": _FORBIDDEN},
        missing={"title": "Not Found", "detail": _MISSING},
        elsewhere={
            "type": f"{_PRISM}NO_PATH_MATCHED_ERROR",
            "title": "Route not resolved, no path matched",
            "detail": (
                "The route /wrong/v1/contactGroups/1 hasn't been found in the specification file"
            ),
        },
        broken={"title": "Server Error"},
    ),
}

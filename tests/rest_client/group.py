"""One contact group behind a scripted upstream, whose writes and reads go wrong as told."""

import json
from dataclasses import dataclass, field

from tests.scripted_upstream import Answer, RecordedRequest, reply

__all__ = ["GROUP", "OLD", "Group", "Write", "listing"]

GROUP = 1
OLD = "Old"


@dataclass(frozen=True, slots=True)
class Write:
    """What becomes of one PATCH: whether it is carried out, and how it is answered."""

    applied: bool
    answer: Answer


MADE = Write(applied=True, answer=reply(204))


def listing(name: str, group_id: int = GROUP) -> Answer:
    """A list reply with one group."""
    items = [{"id": group_id, "name": name}]
    page = {"items": items, "pageNumber": 1, "pageSize": 1, "pageItemCount": 1}
    return reply(200, json.dumps(page), Content_Type="application/json")


@dataclass
class Group:
    """Answers PATCH as `writes` say, in turn, the last one for ever; GET with `read` or its name.

    `applied` are the names that it was given, in order.
    """

    writes: list[Write] = field(default_factory=lambda: [MADE])
    read: Answer | None = None
    applied: list[str] = field(default_factory=list)

    def respond(self, request: RecordedRequest) -> Answer:
        """The answer to one request."""
        if request.method == "GET":
            return self.read or listing(self.applied[-1] if self.applied else OLD)
        write = self.writes.pop(0) if len(self.writes) > 1 else self.writes[0]
        if write.applied:
            self.applied.append(json.loads(request.body)["name"])
        return write.answer

"""How many upstream calls one request makes at a time."""

import threading

from contact_gateway.sandbox import Sandbox
from tests.client import Client
from tests.scripted_upstream import Answer, RecordedRequest, ScriptedUpstream, reply

PAGE = b'{"items": [], "pageNumber": 1, "pageSize": 50}'


class Observer:
    """Answers when `together` requests are there, and remembers how many there ever were."""

    def __init__(self, together: int, answer: Answer) -> None:
        self.most = 0
        self._answer = answer
        self._now = 0
        self._lock = threading.Lock()
        self._barrier = threading.Barrier(together, timeout=5)

    def __call__(self, _: RecordedRequest) -> Answer:
        """Wait for the others, then answer."""
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self._barrier.wait()
        with self._lock:
            self._now -= 1
        return self._answer


def test_the_fields_of_a_query(scripted_client: Client, scripted: ScriptedUpstream) -> None:
    """They are read four at a time, neither more nor fewer."""
    observer = Observer(4, reply(200, PAGE, Content_Type="application/json"))
    scripted.responds(observer)
    fields = " ".join(
        f"a{number}: contactGroups(page: {number}) {{itemCount}}" for number in range(1, 13)
    )

    response = scripted_client.post(f"{{{fields}}}", Prefer="wait=10")

    assert response.json() == {"data": {f"a{number}": {"itemCount": 0} for number in range(1, 13)}}
    assert (len(scripted.received), observer.most) == (12, 4)


def test_the_fields_of_a_mutation(scripted_client: Client, scripted: ScriptedUpstream) -> None:
    """They are run one after the other, in their order (GraphQL specification 6.2.2)."""
    observer = Observer(1, reply(204))
    scripted.responds(observer)
    fields = " ".join(
        f'a{number}: updateContactGroup(id: {number}, input: {{name: "x"}}) {{__typename}}'
        for number in range(1, 6)
    )

    response = scripted_client.post(f"mutation {{{fields}}}")

    assert list(response.json()) == ["data"]
    assert observer.most == 1
    assert [request.target for request in scripted.received] == [
        f"/v1/contactGroups/{number}" for number in range(1, 6)
    ]


def test_groups_that_are_read_by_id(client: Client, sandbox: Sandbox) -> None:
    """Fifteen groups of one document are one upstream call."""
    fields = " ".join(f"a{number}: contactGroup(id: {number}) {{id}}" for number in range(1, 16))

    client.post(f"{{{fields}}}")

    assert len(sandbox.received) == 1

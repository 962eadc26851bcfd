"""The limits of documents that come in a URL: those of a body, as far as a URL can go."""

import json

import pytest

from tests.client import Client
from tests.http.by_url import get, url_of
from tests.operations.bombs import BOMBS

LONGEST_URL = 22_000  # and the head has a token too
SIZES = (16_000, 6_000, 3_000, 1_500)


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_that_are_sent_in_a_url(client: Client, name: str) -> None:
    """The largest that a URL can carry comes to what it comes to in a body, in 4 KB at most."""
    texts = (BOMBS[name](size) for size in SIZES)
    text = next(text for text in texts if len(url_of(query=text)) < LONGEST_URL)
    posted = client.send_body(json.dumps({"query": text}).encode(), {"X-Request-Id": "x" * 128})
    got = get(client, url_of(query=text), X_Request_Id="x" * 128)

    assert (got.status, got.content) == (posted.status_code, posted.content)
    assert got.status in {200, 294, 400, 422}
    assert len(got.content) <= 4_096

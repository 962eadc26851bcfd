"""Documents that are fetched: where redirects lead, what codings are undone, how fresh they are."""

import asyncio
import gzip

import httpx
import pytest

from contact_gateway.rest_client import Document, UpstreamError, fetch_document

URL = "https://issuer.test/keys"
FOUND = httpx.Response(200, content=b"found")


def fetch(answers: dict[str, httpx.Response], largest: int = 100) -> tuple[Document | None, int]:
    """What comes of the document at URL where these are the answers, and how many were asked."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answers.get(str(request.url), httpx.Response(404))

    async def run() -> Document:
        transport = httpx.MockTransport(answer)
        return await fetch_document(transport, URL, seconds=5, largest=largest)

    try:
        return asyncio.run(run()), len(asked)
    except UpstreamError:
        return None, len(asked)


def redirect(location: str, status: int = 302) -> httpx.Response:
    """An answer that sends elsewhere."""
    return httpx.Response(status, headers={"Location": location})


FOLLOWED = ["/other", "other", "https://issuer.test/other", "//issuer.test/other", "/x/../other"]
REFUSED = [
    "http://issuer.test/other",
    "https://another.test/other",
    "https://www.issuer.test/other",
    "https://issuer.test:8443/other",
    "https://issuer.test.another.test/other",
    "https://issuer.test@another.test/other",
    "https://user:secret@issuer.test/other",
    "//another.test/other",
    "file:///etc/passwd",
    "https://[",
]


@pytest.mark.parametrize("location", FOLLOWED)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_within_the_site(location: str, status: int) -> None:
    """It is followed: the document comes from the same host and port all the same."""
    found = fetch({URL: redirect(location, status), "https://issuer.test/other": FOUND})

    assert found == (Document(b"found"), 2)


@pytest.mark.parametrize("location", REFUSED)
def test_redirect_to_elsewhere(location: str) -> None:
    """Nobody else is asked, and there is no document."""
    assert fetch({URL: redirect(location)}) == (None, 1)


def test_redirects_without_end() -> None:
    """After three it is given up."""
    assert fetch({URL: redirect("/keys")}) == (None, 4)


def test_redirect_without_a_location() -> None:
    """It is no document."""
    assert fetch({URL: httpx.Response(302, content=b"found")}) == (None, 1)


@pytest.mark.parametrize(("size", "found"), [(100, Document(b"x" * 100)), (101, None)])
def test_compressed(size: int, found: Document | None) -> None:
    """What comes compressed is undone, and its size counts as it is then."""
    stream = httpx.ByteStream(gzip.compress(b"x" * size))
    answer = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=stream)

    assert fetch({URL: answer}) == (found, 1)


FRESH: dict[str, tuple[dict[str, str], float | None]] = {
    "nothing said": ({}, None),
    "max-age": ({"Cache-Control": "public, max-age=120"}, 120),
    "in capitals": ({"Cache-Control": "Max-Age=120"}, 120),
    "in quotes": ({"Cache-Control": 'max-age="120"'}, 120),
    "of a shared cache": ({"Cache-Control": "s-maxage=120"}, None),
    "kept for a while": ({"Cache-Control": "max-age=120", "Age": "50"}, 70),
    "kept for long": ({"Cache-Control": "max-age=120", "Age": "500"}, 0),
    "no age": ({"Cache-Control": "max-age=120", "Age": "old"}, 120),
    "not to be kept": ({"Cache-Control": "no-store"}, 0),
    "not to be used": ({"Cache-Control": "private,no-cache, max-age=9"}, 0),
    "no number": ({"Cache-Control": "max-age=soon"}, None),
    "negative": ({"Cache-Control": "max-age=-1"}, None),
}


@pytest.mark.parametrize(("headers", "seconds"), FRESH.values(), ids=FRESH)
def test_how_fresh(headers: dict[str, str], seconds: float | None) -> None:
    """It is what Cache-Control says, less what a cache has used up of it already."""
    found = fetch({URL: httpx.Response(200, content=b"found", headers=headers)})

    assert found == (Document(b"found", seconds), 1)

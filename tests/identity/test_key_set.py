"""Finding keys: one shared fetch, at most one demand a second, and the old keys meanwhile."""

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest
import structlog

from contact_gateway.identity import KeySet, read_key_set
from contact_gateway.rest_client import Document
from tests.client import Client
from tests.identity.issuer import Issuer
from tests.identity.surroundings import RENAMED, RENAMING, Surroundings
from tests.scripted_upstream import DROP, HANG, reply
from tests.servers import running_gateway


class Clock:
    """A clock that goes only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """The time in seconds."""
        return self.now


class Source:
    """Where a key set is fetched from: its keys, or nothing while it is down."""

    def __init__(self, issuer: Issuer, *kids: str) -> None:
        self.issuer = issuer
        self.kids = kids
        self.down = False
        self.fetched = 0

    async def fetch(self) -> Document:
        """The document, after a turn of the loop as on a network."""
        self.fetched += 1
        await asyncio.sleep(0)
        if self.down:
            raise ConnectionRefusedError
        return Document(key_set(self.issuer, *self.kids))


def run(
    issuer: Issuer, steps: Callable[[KeySet, Source, Clock], Awaitable[None]], *kids: str
) -> None:
    """Run the steps of a test on a key set with these keys, fetched once."""
    source, clock = Source(issuer, *kids), Clock()

    async def body() -> None:
        keys = KeySet(source.fetch, clock)
        await keys.refresh()
        await steps(keys, source, clock)

    asyncio.run(body())


async def found(keys: KeySet, *kids: str) -> list[bool]:
    """Whether there are keys of these names, which those of the issuer have from what they are for.

    They are asked for all at once.
    """
    algorithms = [kid if kid in {"PS256", "ES256", "EdDSA"} else "RS256" for kid in kids]
    return [bool(named) for named in await asyncio.gather(*map(keys.find, kids, algorithms))]


def test_a_thousand_random_kids(issuer: Issuer) -> None:
    """A thousand unknown kids, at once and in turn, fetch the key set once a second."""

    async def steps(keys: KeySet, source: Source, clock: Clock) -> None:
        at_once = await found(keys, *(secrets.token_hex(8) for _ in range(500)))
        clock.now += 0.9
        in_turn = [(await found(keys, secrets.token_hex(8)))[0] for _ in range(500)]
        within = source.fetched
        clock.now += 0.2
        await found(keys, "another")

        assert (any(at_once + in_turn), within, source.fetched) == (False, 2, 3)

    run(issuer, steps, "RS256")


def test_rotation(issuer: Issuer) -> None:
    """A new key is known after one fetch, however many tokens of it arrive at once."""

    async def steps(keys: KeySet, source: Source, _: Clock) -> None:
        before = keys.snapshot
        source.kids = ("RS256", "ES256")
        new = await found(keys, *["ES256"] * 200, "RS256")

        assert (all(new), source.fetched, keys.snapshot is before) == (True, 2, False)

    run(issuer, steps, "RS256")


def test_withdrawn_key(issuer: Issuer) -> None:
    """A key that the issuer withdraws is no longer believed after the next fetch."""

    async def steps(keys: KeySet, source: Source, _: Clock) -> None:
        source.kids = ("ES256",)
        await keys.refresh()

        assert (await found(keys, "RS256", "ES256"), keys.ready) == ([False, True], True)

    run(issuer, steps, "RS256", "ES256")


def test_unchanged_keys(issuer: Issuer) -> None:
    """The snapshot is the same object for as long as its keys are: caches may go by it."""

    async def steps(keys: KeySet, source: Source, _: Clock) -> None:
        before = keys.snapshot
        source.kids = ("ES256", "RS256")
        await keys.refresh()
        source.down = True
        await keys.refresh()

        assert (keys.snapshot is before, source.fetched) == (True, 3)

    run(issuer, steps, "RS256", "ES256")


@pytest.mark.parametrize(
    ("said", "seconds"), [(None, 300), (0, 60), (59, 60), (60, 60), (200, 200), (86_400, 300)]
)
def test_how_long_keys_are_kept(issuer: Issuer, said: float | None, seconds: float) -> None:
    """As long as the issuer says, from one to five minutes; five if it does not."""

    async def fetch() -> Document:
        return Document(issuer.document(), said)

    keys = KeySet(fetch)
    asyncio.run(keys.refresh())

    assert keys.lifetime == seconds


def test_source_down(issuer: Issuer) -> None:
    """A failed fetch keeps the keys; what is known is found without any fetch."""

    async def steps(keys: KeySet, source: Source, clock: Clock) -> None:
        source.down = True
        clock.now += 1000
        unknown = await found(keys, "ES256")
        known = await found(keys, *["RS256"] * 100)

        assert (unknown, all(known), keys.ready, source.fetched) == ([False], True, True, 2)

    run(issuer, steps, "RS256")


NO_KEYS = {
    "empty": b'{"keys": []}',
    "none that can be used": b'{"keys": [{"kty": "oct", "k": "AAAA", "kid": "RS256"}]}',
    "none that is one": b'{"keys": [null, 7]}',
    "broken": b'{"keys": [{"kty": "RS',
    "no key set": b"<html>",
    "nothing": b"",
}


@pytest.mark.parametrize("answer", NO_KEYS.values(), ids=NO_KEYS)
def test_answer_without_keys(issuer: Issuer, answer: bytes) -> None:
    """It replaces nothing, and one with other keys that comes later does."""

    async def body() -> list[object]:
        answers = [issuer.document(), answer, answer, key_set(issuer, "ES256")]

        async def fetch() -> Document:
            return Document(answers.pop(0))

        keys = KeySet(fetch)
        await keys.refresh()
        before = keys.snapshot
        seen: list[object] = []
        for _ in range(3):
            await keys.refresh()
            seen.append((keys.snapshot is before, [*keys.snapshot]))
        return seen

    every = [*read_key_set(issuer.document())]
    assert asyncio.run(body()) == [(True, every), (True, every), (False, ["ES256"])]


@pytest.mark.parametrize(("seconds", "keeps"), [(59.9, True), (60, False)])
def test_no_key_for_long(issuer: Issuer, seconds: float, keeps: bool) -> None:  # noqa: FBT001
    """A set that has had no key for a minute means it: the old ones are gone."""

    async def steps(keys: KeySet, source: Source, clock: Clock) -> None:
        source.kids = ()
        await keys.refresh()
        clock.now += seconds
        await keys.refresh()

        assert keys.ready is keeps

    run(issuer, steps, "RS256")


def test_no_key_now_and_then(issuer: Issuer) -> None:
    """A minute begins anew with each set that has a key."""

    async def steps(keys: KeySet, source: Source, clock: Clock) -> None:
        for kids in ((), ("RS256",), ()):
            source.kids = kids
            await keys.refresh()
            clock.now += 59

        assert keys.ready

    run(issuer, steps, "RS256")


def key_set(issuer: Issuer, *kids: str) -> bytes:
    """The document of a key set with these keys of the issuer."""
    return json.dumps({"keys": [issuer.keys[kid].as_dict(private=False) for kid in kids]}).encode()


def test_fault_that_lasts(issuer: Issuer) -> None:
    """It is logged once, and again after it was mended meanwhile."""

    async def steps(keys: KeySet, source: Source, _: Clock) -> None:
        with structlog.testing.capture_logs() as logs:
            for source.down in (True, True, True, False, True, True):
                await keys.refresh()

        assert [line["event"] for line in logs] == ["key_set_not_fetched"] * 2

    run(issuer, steps, "RS256")


def test_no_usable_key(issuer: Issuer) -> None:
    """A key set without a key that can be used is none to be ready with."""

    async def steps(keys: KeySet, source: Source, _: Clock) -> None:
        empty = keys.ready
        source.kids = ("RS256",)
        await keys.refresh()

        assert (empty, keys.ready) == (False, True)

    run(issuer, steps)


def test_one_who_goes_away(issuer: Issuer) -> None:
    """A caller that is cancelled does not take the keys from those who wait with it."""

    async def steps(keys: KeySet, source: Source, _: Clock) -> None:
        source.kids = ("ES256",)
        first, second = (asyncio.create_task(keys.find("ES256", "ES256")) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        named = await second

        assert (first.cancelled(), len(named), source.fetched) == (True, 1, 2)

    run(issuer, steps, "RS256")


def test_end_while_fetching(issuer: Issuer) -> None:
    """A fetch that is under way at the end is stopped, and nothing is left behind."""
    never = asyncio.Event

    async def body() -> set[asyncio.Task[object]]:
        fetches = iter([issuer.document()])

        async def fetch() -> Document:
            document = next(fetches, None)
            if document is None:
                await never().wait()
            return Document(document or b"")

        keys = KeySet(fetch)
        async with keys.kept_fresh():
            waiting = asyncio.create_task(keys.find("unknown", "RS256"))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(body()) == set()


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that the gateway does by itself, up to 20 seconds."""
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)


def test_start_while_the_source_is_down(surroundings: Surroundings) -> None:
    """The gateway starts without keys, is not ready, refuses, and becomes ready by itself."""
    surroundings.key_set = lambda _: DROP
    with running_gateway(surroundings.settings()) as url, httpx.Client(trust_env=False) as http:
        client = Client(url, surroundings.issuer.token(time.time()), http=http)
        ready = http.get(f"{url}/readyz").status_code
        alive = http.get(f"{url}/livez").status_code
        refused = client.send([("Authorization", f"Bearer {client.token}")], RENAMING).status_code
        surroundings.key_set = lambda _: reply(200, surroundings.issuer.document())
        wait_until(lambda: http.get(f"{url}/readyz").status_code == 200)

        later = client.send([("Authorization", f"Bearer {client.token}")], RENAMING)

    assert (ready, alive, refused, later.json()) == (503, 200, 401, RENAMED)


def test_source_goes_down(surroundings: Surroundings) -> None:
    """Known keys go on working over real sockets when the key set is down; unknown are refused.

    It is asked for again each second, and a genuine token with a new key is then believed.
    """
    with running_gateway(surroundings.settings()) as url, httpx.Client(trust_env=False) as http:
        client = Client(url, "", http=http)
        surroundings.key_set = lambda _: reply(500)
        now = time.time()
        tokens = [surroundings.issuer.token(now, kid) for kid in ("RS256", "ES256")]
        unknown = tokens[0].replace(tokens[0].partition(".")[0], UNKNOWN_HEADER)

        statuses = [
            client.send([("Authorization", f"Bearer {token}")], RENAMING).status_code
            for token in (tokens[0], unknown, tokens[1], unknown)
        ]
        wait_until(lambda: len(surroundings.received("/keys")) >= 4)
        statuses += [
            client.send([("Authorization", f"Bearer {token}")], RENAMING).status_code
            for token in tokens
        ]

    assert statuses == [200, 401, 200, 401, 200, 200]


def test_key_that_is_withdrawn(surroundings: Surroundings) -> None:
    """Over real sockets: an empty key set takes no key away, and one without the key does."""
    with running_gateway(surroundings.settings()) as url, httpx.Client(trust_env=False) as http:
        client = Client(url, "", http=http)
        now = time.time()
        kept, gone = (surroundings.issuer.token(now, kid) for kid in ("ES256", "RS256"))
        unknown = gone.replace(gone.partition(".")[0], UNKNOWN_HEADER)

        def status(token: str) -> int:
            return client.send([("Authorization", f"Bearer {token}")], RENAMING).status_code

        surroundings.key_set = lambda _: reply(200, b'{"keys": []}')
        with_an_empty_one = [status(token) for token in (unknown, kept, gone)]
        surroundings.key_set = lambda _: reply(200, key_set(surroundings.issuer, "ES256"))
        wait_until(lambda: status(gone) == 401)
        without_it = [status(token) for token in (kept, gone)]

    assert (with_an_empty_one, without_it) == ([401, 200, 200], [200, 401])


def test_source_that_is_slow_once(surroundings: Surroundings) -> None:
    """It is asked a second time meanwhile: nobody has to wait until the first request is given up.

    If it were not, the gateway would begin without keys.
    """
    answers = [HANG]
    surroundings.key_set = lambda _: (
        answers.pop() if answers else reply(200, surroundings.issuer.document())
    )
    with running_gateway(surroundings.settings()) as url:
        status = httpx.get(f"{url}/readyz", trust_env=False).status_code

    assert (status, len(surroundings.received("/keys"))) == (200, 2)


UNKNOWN_HEADER = "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6InVua25vd24ifQ"

TROUBLES = {
    "redirect": reply(302, Location="/elsewhere"),
    "too large": reply(200, b'{"keys":[]}' + b" " * 262_144),
    "error": reply(500, b'{"keys":[]}'),
    "compressed": reply(200, b'{"keys":[]}', Content_Encoding="gzip"),
    "no key set": reply(200, b"<html>"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_with_the_source(trouble: str, surroundings: Surroundings) -> None:
    """No redirect is followed over http, 256 KiB is the limit; the gateway is then not ready."""
    surroundings.key_set = lambda _: TROUBLES[trouble]
    with running_gateway(surroundings.settings()) as url:
        status = httpx.get(f"{url}/readyz", trust_env=False).status_code

    assert (status, surroundings.received("/elsewhere")) == (503, [])


def test_the_largest_key_set(surroundings: Surroundings) -> None:
    """A key set of exactly 256 KiB is read."""
    document = surroundings.issuer.document().ljust(262_144)
    surroundings.key_set = lambda _: reply(200, document)
    with running_gateway(surroundings.settings()) as url:
        status = httpx.get(f"{url}/readyz", trust_env=False).status_code

    assert status == 200

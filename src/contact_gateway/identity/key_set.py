"""The issuer's public keys: an immutable snapshot, renewed in the background and on demand."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from types import MappingProxyType

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

__all__ = ["KeySet", "SigningKey", "read_key_set"]

SigningKey = RSAKey | ECKey | OKPKey

_SMALLEST_RSA_BITS = 2048  # RFC 7518 section 3.3
_REFRESH_SECONDS = 300.0
_RETRY_SECONDS = 5.0
_LEAST_SECONDS_BETWEEN_DEMANDS = 30.0

_log = structlog.get_logger(__name__)


def read_key_set(document: bytes) -> Mapping[str, SigningKey]:
    """Read a JSON Web Key Set (RFC 7517 section 5) into kid → key.

    Keys that are symmetric, not for signatures, without a kid, RSA under 2048 bits or of an
    unknown kind are skipped.

    Raises:
        ValueError: the document is not a key set.
    """
    parsed = json.loads(document)
    if not isinstance(parsed, dict) or not isinstance(parsed.get("keys"), list):
        raise ValueError("not a JSON Web Key Set")  # noqa: TRY004 - its value, not its type
    keys: dict[str, SigningKey] = {}
    for member in parsed["keys"]:
        key = _read_key(member)
        if key is not None and key.kid:
            keys[key.kid] = key
    return MappingProxyType(keys)


def _read_key(member: object) -> SigningKey | None:
    if not isinstance(member, dict) or member.get("use", "sig") != "sig":
        return None
    if "verify" not in member.get("key_ops", ["verify"]):
        return None
    try:
        key = JWKRegistry.import_key(member)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    if not isinstance(key, SigningKey) or key.is_private:
        return None
    if isinstance(key, RSAKey) and key.public_key.key_size < _SMALLEST_RSA_BITS:
        return None
    return key


class KeySet:
    """Finds a key by its kid; fetches the set again when it is old or a kid is unknown.

    `fetch` returns the document of the key set and raises anything when it cannot; a failed
    fetch keeps the keys that are there. `clock` is monotonic, in seconds.
    """

    def __init__(
        self, fetch: Callable[[], Awaitable[bytes]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: Mapping[str, SigningKey] = MappingProxyType({})
        self._refreshing: asyncio.Task[None] | None = None
        self._demanded_at = float("-inf")
        self.fetched_at: float | None = None

    @property
    def ready(self) -> bool:
        """Whether the key set has been fetched."""
        return self.fetched_at is not None

    async def find(self, kid: str) -> SigningKey | None:
        """The key named `kid`. An unknown kid joins one shared refresh, at most one per 30 s."""
        if kid in self._keys:
            return self._keys[kid]
        if self._refreshing is None:
            now = self._clock()
            if now - self._demanded_at < _LEAST_SECONDS_BETWEEN_DEMANDS:
                return None
            self._demanded_at = now
        await self.refresh()
        return self._keys.get(kid)

    async def refresh(self) -> None:
        """Fetch the key set once, however many wait for it; a failure is logged, not raised."""
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._replace())
        # shielded, because a caller that goes away must not take the others' keys with it
        await asyncio.shield(self._refreshing)

    async def _replace(self) -> None:
        try:
            self._keys = read_key_set(await self._fetch())
            self.fetched_at = self._clock()
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the old keys stay
            _log.warning("key_set_not_fetched", error=type(error).__name__)
        finally:
            self._refreshing = None

    @contextlib.asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Fetch the key set now, and go on refreshing it in the background."""
        await self.refresh()
        task = asyncio.create_task(self._keep_fresh())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _keep_fresh(self) -> None:
        while True:
            await asyncio.sleep(_REFRESH_SECONDS if self.ready else _RETRY_SECONDS)
            await self.refresh()

"""How tests of coroutines run here: by anyio's plugin, on asyncio."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """The event loop that the gateway runs on."""
    return "asyncio"

"""How often a caller may call, counted in this process or by all replicas together."""

from contact_gateway.rate_limits.limiter import RateLimiter, open_limiter
from contact_gateway.rate_limits.storage import InMemory, open_storage

__all__ = ["InMemory", "RateLimiter", "open_limiter", "open_storage"]

"""`GET /metrics`, for Prometheus; what stands before the gateway keeps it inside."""

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from starlette.requests import Request
from starlette.responses import Response

from contact_gateway.http.plain_text import UNCACHED
from contact_gateway.observation import Metrics

__all__ = ["MetricsPage"]


class MetricsPage:
    """Shows the metrics."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    async def show(self, _: Request) -> Response:
        """Answer with all metrics, of all workers."""
        text = self._metrics.render()
        return Response(text, headers=UNCACHED, media_type=CONTENT_TYPE_PLAIN_0_0_4)

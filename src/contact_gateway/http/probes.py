"""What monitors and orchestrators ask, and where."""

from starlette.routing import Route

from contact_gateway.http.health import Readiness, livez
from contact_gateway.http.metrics_page import MetricsPage
from contact_gateway.observation import Metrics

__all__ = ["probing_routes"]


def probing_routes(readiness: Readiness, metrics: Metrics) -> list[Route]:
    """Health and metrics."""
    return [
        Route("/livez", livez),
        Route("/readyz", readiness.readyz),
        Route("/metrics", MetricsPage(metrics).show),
    ]

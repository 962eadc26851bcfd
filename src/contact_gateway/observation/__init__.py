"""What is seen of a request from outside: its log line, metrics and spans. Decides nothing."""

from contact_gateway.observation.metrics import Metrics
from contact_gateway.observation.record import RequestRecord
from contact_gateway.observation.request_log import log_request
from contact_gateway.observation.traces import Traces

__all__ = ["Metrics", "RequestRecord", "Traces", "log_request"]

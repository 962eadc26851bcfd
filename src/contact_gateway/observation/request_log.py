"""The one line that the log has for a request."""

import structlog

from contact_gateway.observation.record import RequestRecord

__all__ = ["log_request"]

_log = structlog.get_logger(__name__)


def log_request(record: RequestRecord, seconds: float) -> None:
    """Log a request that took `seconds`; what it does not have is left out."""
    fields: dict[str, object] = {
        "request_id": record.request_id,
        "status": record.status,
        "milliseconds": round(seconds * 1000, 1),
    }
    if record.caller is not None:
        fields["caller"] = record.caller
        fields["customer"] = record.customer
    if record.operation_name is not None:
        fields["operation"] = record.operation_name
    if record.results:
        fields["results"] = record.result_types()
    if record.code is not None:
        fields["code"] = record.code
    if record.attempts:
        fields["upstream_status"] = record.upstream_status
        if record.upstream_error is not None:
            fields["upstream_error"] = record.upstream_error
        if record.upstream_unread is not None:
            fields["upstream_unread"] = record.upstream_unread
        fields["upstream_attempts"] = record.attempts
        fields["upstream_milliseconds"] = round(record.upstream_seconds * 1000, 1)
    _log.info("request", **fields)

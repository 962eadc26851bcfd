"""The one line that the log has for a request."""

import structlog

from contact_gateway.observation.record import RequestRecord

__all__ = ["log_request"]

_log = structlog.get_logger(__name__)


def log_request(record: RequestRecord, seconds: float) -> None:
    """Log a request that took `seconds`; what it does not have is left out."""
    event: dict[str, object] = {
        "event": "request",
        "request_id": record.request_id,
        "status": record.status,
        "milliseconds": round(seconds * 1000, 1),
    }
    if record.caller is not None:
        event["caller"] = record.caller
        event["customer"] = record.customer
    if record.operation_name is not None:
        event["operation"] = record.operation_name
    if record.results:
        event["results"] = record.result_types()
    if record.code is not None:
        event["code"] = record.code
    if record.attempts:
        event["upstream_status"] = record.upstream_status
        event["upstream_attempts"] = record.attempts
        event["upstream_milliseconds"] = round(record.upstream_seconds * 1000, 1)
    try:
        write = _log.info_of
    except AttributeError:  # whoever runs the application has configured logs otherwise
        _log.info(event.pop("event"), **event)
    else:
        write(event)

"""Calling a REST API so that every answer is true: calls, their policies, and what can go wrong.

Knows no GraphQL, and nothing of what the API is about.
"""

from contact_gateway.rest_client.answers import AnswerReader
from contact_gateway.rest_client.call import Answer, Call, Caller, Repeat, Sends
from contact_gateway.rest_client.documents import Document, fetch_document, probe
from contact_gateway.rest_client.http11 import HTTP11Transport
from contact_gateway.rest_client.introspection_endpoint import (
    IntrospectionError,
    introspection_endpoint,
)
from contact_gateway.rest_client.places import InputFields
from contact_gateway.rest_client.policy import RESTClient, token_endpoint
from contact_gateway.rest_client.problems import UpstreamError

__all__ = [
    "Answer",
    "AnswerReader",
    "Call",
    "Caller",
    "Document",
    "HTTP11Transport",
    "InputFields",
    "IntrospectionError",
    "RESTClient",
    "Repeat",
    "Sends",
    "UpstreamError",
    "fetch_document",
    "introspection_endpoint",
    "probe",
    "token_endpoint",
]

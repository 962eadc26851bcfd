"""Asks twice in one batch with gql, over each of two transports, and prints what it is shown."""

import json
import os
import sys

from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportError
from gql.transport.httpx import HTTPXTransport
from gql.transport.requests import RequestsHTTPTransport

url, headers = os.environ["GATEWAY_URL"], json.loads(os.environ["GATEWAY_HEADERS"])
requests = [GraphQLRequest("query First { __typename }"), GraphQLRequest("{ __typename }")]
shown = []
for transport in (
    HTTPXTransport(url, headers=headers),
    RequestsHTTPTransport(url, headers=headers),
):
    try:
        Client(transport=transport).execute_batch(requests)
    except TransportError as error:
        shown.append(str(error))
json.dump(shown, sys.stdout)

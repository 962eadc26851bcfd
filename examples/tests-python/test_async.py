"""Coroutines that call the gateway with a client of the team's own, under pytest-asyncio."""

import httpx

from contact_gateway.testing import ContactGateway, ContactGatewayClient, ContactGroups

GROUP = "5514123"


async def test_reading_a_group(
    contact_gateway: ContactGateway, contact_groups: ContactGroups
) -> None:
    headers = {
        "Authorization": f"Bearer {contact_groups.token()}",
        "Customer-Id": contact_groups.customer,
    }
    query = {"query": f'{{ contactGroup(id: "{GROUP}") {{ name }} }}'}

    async with httpx.AsyncClient(headers=headers, trust_env=False) as http:
        response = await http.post(contact_gateway.url, json=query)

    assert response.json() == {"data": {"contactGroup": {"name": "High value customers"}}}
    assert [request.method for request in contact_groups.received()] == ["GET"]


async def test_renaming_a_group(contact_gateway_client: ContactGatewayClient) -> None:
    contact_gateway_client.rename(GROUP, "New").assert_success()

// Who is let in, and queries that succeed or fail.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { startGateway } from "./contact-gateway.mjs";

const GROUP = "5514123";
const QUERY = "query ($id: ID!) { contactGroup(id: $id) { id name } }";
let gateway;
before(async () => (gateway = await startGateway()));
beforeEach(() => gateway.reset());
after(() => gateway.stop());

test("a group", async () => {
  const { data } = await gateway.execute(QUERY, { id: GROUP });

  assert.deepEqual(data, { contactGroup: { id: GROUP, name: "High value customers" } });
});

test("another customer", async () => {
  const customer = `${gateway.customer}1`;
  await gateway.admin("PUT", `/groups/${customer}/34`, { name: "Theirs" });
  const token = await gateway.token({ customers: [customer] });

  const { data } = await gateway.execute(QUERY, { id: "34" }, { token, customer });

  assert.deepEqual(data, { contactGroup: { id: "34", name: "Theirs" } });
});

test("a customer of somebody else", async () => {
  const { errors, requests } = await gateway.execute(QUERY, { id: "34" }, { customer: "12" });

  assert.equal(errors[0].extensions.code, "PERMISSION_DENIED");
  assert.deepEqual(requests, []);
});

for (const wanted of [
  { lifetime: -60 },
  { audience: "somebody-else" },
  { issuer: "https://login.example.com" },
  { typ: "JWT" },
  { unknownKey: true },
]) {
  test(`a token with ${JSON.stringify(wanted)}`, async () => {
    const reply = await gateway.execute(QUERY, { id: GROUP }, { token: await gateway.token(wanted) });

    assert.deepEqual([reply.status, reply.errors[0].extensions.code], [401, "UNAUTHENTICATED"]);
  });
}

for (const [fault, code] of [
  [{ status: 400 }, "REQUEST_REJECTED"],
  [{ status: 422 }, "INVALID_INPUT"],
  [{ status: 403 }, "PERMISSION_DENIED"],
  [{ status: 429 }, "RATE_LIMITED"],
  [{ status: 500, times: 3 }, "UPSTREAM_UNAVAILABLE"],
  [{ status: 503, headers: { "Retry-After": "30" } }, "UPSTREAM_UNAVAILABLE"],
  [{ end: "drop", times: 3 }, "UPSTREAM_UNAVAILABLE"],
  [{ end: "html" }, "UNEXPECTED_PROBLEM"],
]) {
  test(`a query that meets ${JSON.stringify(fault)}`, async () => {
    await gateway.failNext(fault);

    const { data, errors } = await gateway.execute(QUERY, { id: GROUP });

    assert.deepEqual(data, { contactGroup: null });
    assert.equal(errors[0].extensions.code, code);
  });
}

for (const [customer, code] of [
  ["429", "RATE_LIMITED"],
  ["500", "UPSTREAM_UNAVAILABLE"],
  ["503", "UPSTREAM_UNAVAILABLE"],
  ["9003", "UNEXPECTED_PROBLEM"],
]) {
  test(`a read of the customer ${customer}`, async () => {
    const token = await gateway.token({ customers: [customer] });

    const { errors } = await gateway.execute(QUERY, { id: GROUP }, { token, customer });

    assert.equal(errors[0].extensions.code, code);
  });
}

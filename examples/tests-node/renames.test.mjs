// Every end of a rename, as a team's own tests look at it.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { startGateway } from "./contact-gateway.mjs";

const GROUP = "5514123";
let gateway;
before(async () => (gateway = await startGateway()));
beforeEach(() => gateway.reset());
after(() => gateway.stop());

test("success", async () => {
  const result = await gateway.rename(GROUP, "Best customers");

  assert.equal(result.__typename, "UpdateContactGroupSuccess");
  assert.equal(result.outcome, "APPLIED");
  assert.deepEqual(result.contactGroup, { id: GROUP, name: "Best customers" });
  const group = await gateway.admin("GET", `/groups/${gateway.customer}/${GROUP}`);
  assert.equal(group.name, "Best customers");
});

test("a change that is only accepted", async () => {
  await gateway.failNext({ status: 202 });

  const result = await gateway.rename(GROUP, "New");

  assert.equal(result.__typename, "UpdateContactGroupSuccess");
  assert.deepEqual([result.outcome, result.contactGroup], ["ACCEPTED", null]);
});

test("a name that is taken", async () => {
  await gateway.admin("PUT", `/groups/${gateway.customer}/12`, { name: "Twelve" });

  const result = await gateway.rename(GROUP, "Twelve");

  assert.equal(result.__typename, "InvalidInputError");
  assert.deepEqual(result.fieldErrors, [
    { path: ["input", "name"], messages: ["Another contact group has this name."] },
  ]);
});

test("input that the gateway refuses", async () => {
  const result = await gateway.rename(GROUP, null);

  assert.deepEqual([result.__typename, result.origin], ["InvalidInputError", "GATEWAY"]);
  assert.deepEqual(result.reply.requests, []);
});

test("a token without the scope", async () => {
  const token = await gateway.token({ scopes: ["contacts:read"] });

  const result = await gateway.rename(GROUP, "New", { token });

  assert.equal(result.__typename, "PermissionDeniedError");
  assert.equal(result.requiredScope, "contacts:write");
});

// updates of these groups always end so, whatever the name
for (const [id, member, outcome] of [
  ["400", "RequestRejectedError", "NOT_APPLIED"],
  ["403", "PermissionDeniedError", "NOT_APPLIED"],
  ["404", "ContactGroupNotFoundError", "NOT_APPLIED"],
  ["409", "RequestRejectedError", "NOT_APPLIED"],
  ["422", "InvalidInputError", "NOT_APPLIED"],
  ["429", "RateLimitedError", "NOT_APPLIED"],
  ["500", "UpstreamUnavailableError", "UNKNOWN"],
  ["502", "UpstreamUnavailableError", "UNKNOWN"],
  ["503", "UpstreamUnavailableError", "NOT_APPLIED"],
  ["504", "UpstreamUnavailableError", "UNKNOWN"],
  ["9001", "UpstreamUnavailableError", "UNKNOWN"],
  ["9002", "UpdateContactGroupSuccess", "APPLIED"],
  ["9003", "UnexpectedProblemError", "NOT_APPLIED"],
]) {
  test(`scenario ${id}`, async () => {
    const result = await gateway.rename(id, "New");

    assert.deepEqual([result.__typename, result.outcome], [member, outcome]);
  });
}

test("one call that fails", async () => {
  await gateway.failNext({ status: 429, headers: { "Retry-After": "30" }, group: GROUP });

  const limited = await gateway.rename(GROUP, "New");
  const next = await gateway.rename(GROUP, "New");

  assert.deepEqual([limited.__typename, limited.retryAfterSeconds], ["RateLimitedError", 30]);
  assert.equal(next.__typename, "UpdateContactGroupSuccess");
});

test("what the REST API received", async () => {
  const { reply } = await gateway.rename(GROUP, "Café");

  const [request] = reply.requests;
  assert.deepEqual(
    [request.method, request.path, request.json, request.customer, request.requestId],
    ["PATCH", `/v1/contactGroups/${GROUP}`, { name: "Café" }, gateway.customer, reply.requestId],
  );
  assert.equal(reply.requests.length, 1);
});

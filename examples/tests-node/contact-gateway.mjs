// A gateway and its sandbox for tests: Node's own fetch, and nothing to install.
import { spawn } from "node:child_process";
import { randomInt, randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

export const RENAME = `
  mutation Rename($id: ID!, $input: UpdateContactGroupInput!) {
    updateContactGroup(id: $id, input: $input) {
      __typename
      ... on UpdateContactGroupSuccess { contactGroup { id name } outcome }
      ... on InvalidInputError { origin fieldErrors { path messages } }
      ... on ContactGroupNotFoundError { contactGroupId }
      ... on PermissionDeniedError { requiredScope }
      ... on RateLimitedError { retryAfterSeconds }
      ... on UpstreamUnavailableError { retryAfterSeconds }
      ... on UnexpectedProblemError { upstreamStatus }
      ... on MutationError { message code outcome retryable requestId }
    }
  }`;

// The demo that DEMO_READY_FILE tells of, or one of our own whose clock is ten times as fast.
export async function startGateway() {
  if (process.env.DEMO_READY_FILE) {
    return shareGateway(JSON.parse(await readFile(process.env.DEMO_READY_FILE, "utf8")));
  }
  const demo = spawn(
    process.env.DEMO_COMMAND ?? "contact-gateway",
    ["demo", "--json", "--port", "0", "--sandbox-port", "0"],
    {
      env: { ...process.env, CONTACT_GATEWAY_ONLY_FOR_TESTS_TIME_FACTOR: "10" },
      stdio: ["ignore", "pipe", process.env.DEMO_LOG ? "inherit" : "ignore"],
    },
  );
  const ended = once(demo, "exit");
  const first = await Promise.race([once(createInterface(demo.stdout), "line"), ended]);
  if (typeof first[0] !== "string") throw new Error("the demo has ended; DEMO_LOG=1 shows why");
  return new Gateway(JSON.parse(first[0]), async () => {
    demo.kill("SIGINT");
    await ended;
  });
}

// A demo that others use too: for a customer of one's own, whom nobody else resets.
export function shareGateway(demo) {
  return new Gateway({ ...demo, customer: String(randomInt(1e9, 1e12)) }, () => {});
}

class Gateway {
  constructor(demo, stop) {
    const { graphql, sandbox, customer } = demo;
    Object.assign(this, { demo, graphql, sandbox, customer, stop });
  }

  // `/__admin/openapi.json` of the sandbox describes what can be asked.
  async admin(method, path, body) {
    const response = await fetch(`${this.sandbox}/__admin${path}`, {
      method,
      headers: body && { "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${answer}`);
    return answer && JSON.parse(answer);
  }

  // What is of this customer, and of nobody else.
  reset() {
    return this.admin("POST", `/reset?customer=${this.customer}`);
  }

  failNext(fault) {
    return this.admin("POST", "/faults", { customer: this.customer, ...fault });
  }

  async token(wanted = {}) {
    const { token } = await this.admin("POST", "/tokens", { customers: [this.customer], ...wanted });
    return token;
  }

  // The reply, its status, and what the REST API received for it.
  async execute(query, variables, { token, customer = this.customer } = {}) {
    const requestId = randomUUID();
    const response = await fetch(this.graphql, {
      method: "POST",
      headers: {
        Accept: "application/graphql-response+json",
        Authorization: `Bearer ${token ?? (await this.token())}`,
        "Content-Type": "application/json",
        "Customer-Id": customer,
        "X-Request-Id": requestId,
      },
      body: JSON.stringify({ query, variables }),
    });
    const { requests } = await this.admin("GET", `/requests?requestId=${requestId}`);
    return { ...(await response.json()), status: response.status, requestId, requests };
  }

  async rename(id, name, options) {
    const { data, ...reply } = await this.execute(RENAME, { id, input: { name } }, options);
    return { ...data?.updateContactGroup, reply };
  }
}

// Prints, as JSON, how every audit of graphql-http ended against the server at GATEWAY_URL. With
// AUDIT_BY=GET, what the audits post as JSON is in the URL of a GET instead.
import { auditServer } from "graphql-http";

const { GATEWAY_URL, GATEWAY_HEADERS, AUDIT_BY } = process.env;

const authenticated = (url, init = {}) =>
  fetch(url, { ...init, headers: { ...JSON.parse(GATEWAY_HEADERS), ...init.headers } });

const byGet = (url, { method, body, ...init } = {}) => {
  const parameters = method === "POST" && init.headers?.["content-type"] ? parsed(body) : null;
  if (parameters === null) return authenticated(url, { ...init, method, body });
  const target = new URL(url);
  for (const [name, value] of Object.entries(parameters)) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    target.searchParams.set(name, value === null ? "" : text); // which is as good as none
  }
  return authenticated(target, { ...init, method: "GET" });
};

const parsed = (body) => {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
};

const results = await auditServer({
  url: GATEWAY_URL,
  fetchFn: AUDIT_BY === "GET" ? byGet : authenticated,
});
console.log(JSON.stringify(results.map(({ id, status, reason }) => ({ id, status, reason }))));

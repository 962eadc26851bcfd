// Prints, as JSON, how every audit of graphql-http ended against the server at GATEWAY_URL.
import { auditServer } from "graphql-http";

const { GATEWAY_URL, GATEWAY_HEADERS } = process.env;
const authenticated = (url, init = {}) =>
  fetch(url, { ...init, headers: { ...JSON.parse(GATEWAY_HEADERS), ...init.headers } });

const results = await auditServer({ url: GATEWAY_URL, fetchFn: authenticated });
console.log(JSON.stringify(results.map(({ id, status, reason }) => ({ id, status, reason }))));

// What is sent to the endpoint: the same whether the page sends it or somebody's curl.
import {
  isDevelopmentToken,
  renewDevelopmentToken,
  withCurrentToken,
} from "./development_token.js";
import { credentialsOf, sent } from "./headers.js";
import { login, loginToken, renewLogin } from "./login.js";
import { replied, sending } from "./replies.js";
import { workspace } from "./workspace.js";

/** The request of an operation, with the token of the headers, or of who is logged in. */
export const requestOf = async (parameters, headers) => {
  const own = sent(JSON.parse(withCurrentToken(JSON.stringify(headers))));
  const token = credentialsOf(own) ? undefined : await loginToken();
  return {
    url: new URL(workspace.endpoint, document.baseURI).href,
    method: "POST",
    headers: {
      Accept: "application/graphql-response+json, application/json;q=0.9",
      "Content-Type": "application/json",
      ...own,
      ...(token && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(parameters),
  };
};

/** What the response pane shows: the GraphQL response, and the status of any other. */
const shown = (response, text) => {
  const status = `${response.status} ${response.statusText}`.trim();
  try {
    const body = JSON.parse(text);
    return response.ok ? body : { status, ...body };
  } catch {
    return { status, body: text };
  }
};

/** Another token where one has expired; whether there is one. */
const renewed = (credentials) => {
  if (isDevelopmentToken(credentials)) return renewDevelopmentToken();
  const ours = credentials === `Bearer ${login.get().user?.access_token}`;
  return ours ? renewLogin() : false;
};

const exchange = async (parameters, headers, again = true) => {
  const { url, ...request } = await requestOf(parameters, headers);
  const credentials = credentialsOf(request.headers);
  if (!credentials) {
    return { body: { status: "Not sent", reason: "There is no access token in Headers." } };
  }
  const begin = performance.now();
  const response = await fetch(url, request);
  const text = await response.text();
  const milliseconds = performance.now() - begin;
  if (response.status === 401 && again && (await renewed(credentials))) {
    return exchange(parameters, headers, false);
  }
  return { body: shown(response, text), response, milliseconds };
};

/** Sends an operation for GraphiQL, which names the document only of what a person has sent. */
export const fetcher = async (parameters, { headers, ...options } = {}) => {
  const tab = "documentAST" in options ? sending() : null;
  try {
    const { body, response, milliseconds } = await exchange(parameters, headers ?? {});
    if (tab && response) replied(tab, { response, body, milliseconds });
    return body;
  } catch (error) {
    return { status: "No answer", reason: error.message };
  }
};

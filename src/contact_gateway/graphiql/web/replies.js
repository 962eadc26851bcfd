// What is known of the reply that each tab shows: status, time, results, and the calls behind it.
import { changing } from "./changing.js";
import { workspace } from "./workspace.js";

/** The last reply of each tab, by the tab's id. */
export const replies = changing(new Map());

let active = "";

/** The tab with this id is the one that is seen. */
export const seen = (tab) => {
  active = tab;
};

const put = (tab, reply) => replies.set(new Map(replies.get()).set(tab, reply));

/** A person sends something: what is shown of the reply before goes. The tab that sends. */
export const sending = () => {
  put(active, null);
  return active;
};

const codesOf = ({ errors }) =>
  [...new Set((errors ?? []).map((error) => error.extensions?.code))].filter(Boolean);

/** A tab has its reply. */
export const replied = (tab, { response, body, milliseconds }) => {
  const reply = {
    status: `${response.status} ${response.statusText}`.trim(),
    milliseconds: Math.max(1, Math.round(milliseconds)),
    results: (response.headers.get("GraphQL-Result-Types") ?? "").split(", ").filter(Boolean),
    codes: codesOf(body),
    failed: !response.ok,
    requestId: response.headers.get("X-Request-Id") ?? "",
    calls: null,
  };
  put(tab, reply);
  if (workspace.restCalls && reply.requestId) showCalls(tab, reply);
};

/** Ask what the REST API was sent for this reply, and show it. */
export const showCalls = async (tab, reply) => {
  const query = new URLSearchParams({ requestId: reply.requestId });
  const response = await fetch(`${workspace.restCalls}?${query}`);
  if (replies.get().get(tab)?.requestId !== reply.requestId) return; // there is another one now
  put(tab, { ...reply, calls: response.ok ? marked(await response.json()) : [] });
};

const isRead = ({ method }) => method === "GET";
const isSame = (one, other) =>
  one.method === other.method && one.url === other.url && one.body === other.body;

/** The calls, each with what it is for where that is not plain. */
const marked = (calls) =>
  calls.map((call, index) => {
    const before = calls.slice(0, index);
    const written = before.filter((other) => !isRead(other)).at(-1);
    if (before.some((other) => isSame(call, other))) return { ...call, mark: "sent again" };
    if (!isRead(call) || !written) return { ...call, mark: "" };
    const mark = written.status === 404 ? "is the address right?" : "read back";
    return { ...call, mark };
  });

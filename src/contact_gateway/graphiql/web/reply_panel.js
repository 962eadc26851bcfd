// Below the response: what came, how long it took, and in the demo what the REST API was sent.
import { copy, curlOf } from "./curl.js";
import { parsed } from "./headers.js";
import { replies, seen, showCalls } from "./replies.js";
import { requestOf } from "./requests.js";
import { workspace } from "./workspace.js";

const { GraphiQL, React } = globalThis;
const { createElement: h } = React;

const readable = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

function Fact({ name, children, bad }) {
  return h("div", { className: bad ? "fact bad" : "fact" }, h("dt", null, name), h("dd", null, children));
}

/** The types that a reply came to: with their fields only where there are several. */
const typesOf = (results) =>
  results.length === 1 ? results[0].replace(/^.*=/, "") : results.join(", ").replaceAll("=", ": ");

function Facts({ reply }) {
  const results = [typesOf(reply.results), ...reply.codes].filter(Boolean).join(" · ");
  const bad = reply.failed || reply.codes.length > 0 || /Error\b/.test(results);
  const facts = [
    h(Fact, { name: "Status", bad: reply.failed }, reply.status),
    h(Fact, { name: "Time" }, `${reply.milliseconds} ms`),
    results && h(Fact, { name: "Result", bad }, results),
    reply.requestId && h(Fact, { name: "Request id" }, h("code", null, reply.requestId)),
  ];
  return h("div", { role: "status" }, h("dl", { className: "facts" }, ...facts));
}

function Part({ name, children }) {
  return children ? h(React.Fragment, null, h("h3", null, name), h("pre", { tabIndex: 0 }, children)) : null;
}

function Call({ call, number }) {
  const bad = call.status === null || call.status >= 400;
  return h(
    "details",
    { className: "call" },
    h(
      "summary",
      null,
      h("span", { className: "number" }, number),
      h("code", null, `${call.method} ${call.url}`),
      h("span", { className: bad ? "answer bad" : "answer" }, call.status ?? "no answer"),
      call.mark && h("span", { className: "mark" }, call.mark),
    ),
    h(Part, { name: "Headers" }, call.headers.map(([name, value]) => `${name}: ${value}`).join("\n")),
    h(Part, { name: "Body" }, readable(call.body)),
    h(Part, { name: `Answer ${call.status ?? ""}` }, call.answer === null ? "none" : readable(call.answer)),
  );
}

function Calls({ tab, reply }) {
  const { calls } = reply;
  const count = calls && `${calls.length} ${calls.length === 1 ? "request" : "requests"} to the REST API`;
  return h(
    "section",
    { className: "calls", "aria-label": "REST" },
    h(
      "h2",
      null,
      "REST",
      h("small", null, count ?? "…"),
      h("button", { type: "button", onClick: () => showCalls(tab, reply) }, "Look again"),
    ),
    (calls ?? []).map((call, index) => h(Call, { call, number: index + 1, key: index })),
  );
}

function CopyAsCurl() {
  const { queryEditor, variableEditor, headerEditor } = GraphiQL.React.useEditorContext();
  const [said, say] = React.useState("");
  const copyIt = async () => {
    try {
      const variables = variableEditor.getValue().trim();
      const request = await requestOf(
        {
          query: queryEditor.getValue(),
          variables: variables ? JSON.parse(variables) : undefined,
          operationName: queryEditor.operationName ?? undefined,
        },
        parsed(headerEditor.getValue()),
      );
      await copy(curlOf(request));
      say("Copied. The token is in it: show it to nobody.");
    } catch (error) {
      say(`Not copied: ${error.message}`);
    }
  };
  return h(
    React.Fragment,
    null,
    h("button", { type: "button", onClick: copyIt }, "Copy as curl"),
    h("span", { className: "said", role: "status" }, said),
  );
}

/** What is known of the reply of the tab that is seen. */
export function ReplyPanel() {
  const { tabs, activeTabIndex } = GraphiQL.React.useEditorContext();
  const tab = tabs[activeTabIndex].id;
  const reply = replies.use().get(tab);
  React.useEffect(() => seen(tab), [tab]);
  return h(
    "div",
    { className: "reply" },
    h("div", { className: "reply-line" }, reply && h(Facts, { reply }), h(CopyAsCurl, { key: tab })),
    reply?.requestId && workspace.restCalls && h(Calls, { tab, reply }),
  );
}

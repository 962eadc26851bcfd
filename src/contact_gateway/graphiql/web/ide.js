// Starts GraphiQL, and mends what GraphiQL 3.9.0 gets wrong: it would store the headers of every
// request, and with them the token; a reload would add a tab; an error of HTTP would not be shown.
"use strict";

(() => {
  // the one style element that is made later, when a dialog opens, must carry the policy's nonce
  globalThis.__webpack_nonce__ = document.currentScript.nonce;

  const root = document.getElementById("graphiql");
  if (!globalThis.GraphiQL || !globalThis.GraphiQLPluginExplorer) {
    root.firstElementChild.textContent += " This failed: see the browser's console.";
    return;
  }

  /** What the server hands over: endpoint, renewal, token, headers and tabs. */
  const workspace = JSON.parse(document.getElementById("workspace").textContent);
  const pretty = (value) => JSON.stringify(value, null, 2);
  const tabs = workspace.tabs.map(({ query, variables }) => ({
    query,
    variables: pretty(variables),
  }));

  // --- storage: everything but headers ---

  const PREFIX = "contact-gateway:";
  const WITH_HEADERS = ["graphiql:tabState", "graphiql:queries", "graphiql:favorites"];
  const OF_THE_ACTIVE_TAB = { "graphiql:query": "query", "graphiql:variables": "variables" };

  const withoutHeaders = (json) =>
    JSON.stringify(JSON.parse(json, (name, value) => (name === "headers" ? null : value)));

  const activeTab = () => {
    const stored = JSON.parse(localStorage.getItem(`${PREFIX}graphiql:tabState`));
    return stored ? stored.tabs[stored.activeTabIndex] : tabs[0];
  };

  const storage = {
    getItem(key) {
      // GraphiQL adds a tab when these differ from the active one, so they are not kept beside it
      const part = OF_THE_ACTIVE_TAB[key];
      return part ? activeTab()[part] : localStorage.getItem(PREFIX + key);
    },
    setItem(key, value) {
      if (key in OF_THE_ACTIVE_TAB || key === "graphiql:headers") return;
      const kept = WITH_HEADERS.includes(key) ? withoutHeaders(value) : value;
      localStorage.setItem(PREFIX + key, kept);
    },
    removeItem(key) {
      localStorage.removeItem(PREFIX + key);
    },
    clear() {
      const ours = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
      for (const key of ours) localStorage.removeItem(key);
    },
    get length() {
      return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).length;
    },
  };

  // --- the development token, which only the demo has ---

  const issued = new Set(); // every token that this page was given; a token of the user's is not
  let token = "";
  let headersEditor = null;

  const withCurrentToken = (text) =>
    [...issued].reduce((renewed, old) => renewed.replaceAll(old, token), text);

  const hasDevelopmentToken = (headers) =>
    Object.values(headers).some((value) => issued.has(String(value).replace(/^bearer /i, "")));

  const useToken = (given) => {
    token = given;
    issued.add(given);
    headersEditor?.setValue(headersEditor.getValue()); // shows it
  };

  const renewToken = async () => {
    const response = await fetch(workspace.renewal, { method: "POST" });
    if (response.ok) useToken(await response.text());
    return response.ok;
  };

  const defaultHeaders = () =>
    pretty({ Authorization: `Bearer ${token}`, ...workspace.headers });

  // --- requests ---

  const send = (parameters, headers) =>
    fetch(workspace.endpoint, {
      method: "POST",
      headers: {
        Accept: "application/graphql-response+json, application/json;q=0.9",
        "Content-Type": "application/json",
        ...headers,
      },
      body: JSON.stringify(parameters),
    });

  /** What the response pane shows: the GraphQL response, and the status of any other. */
  const shown = async (response) => {
    const text = await response.text();
    const status = `${response.status} ${response.statusText}`.trim();
    try {
      const body = JSON.parse(text);
      return response.ok ? body : { status, ...body };
    } catch {
      return { status, body: text };
    }
  };

  const fetcher = async (parameters, { headers = {} } = {}) => {
    try {
      const current = issued.size ? JSON.parse(withCurrentToken(JSON.stringify(headers))) : headers;
      const response = await send(parameters, current);
      const expired = response.status === 401 && hasDevelopmentToken(current);
      if (!expired || !(await renewToken())) return await shown(response);
      return await shown(
        await send(parameters, JSON.parse(withCurrentToken(JSON.stringify(current)))),
      );
    } catch (error) {
      return { status: "No answer", reason: error.message };
    }
  };

  // --- the page ---

  /** Shows the token that is sent, and keeps a click on a history entry from emptying the headers. */
  function HeadersKeeper() {
    const { headerEditor } = GraphiQL.React.useEditorContext();
    React.useEffect(() => {
      if (!headerEditor) return undefined;
      const keep = (_, change) => {
        if (change.origin !== "setValue") return;
        const text = change.text.join("\n");
        if (text === "") change.cancel();
        else if (withCurrentToken(text) !== text) {
          change.update(change.from, change.to, withCurrentToken(text).split("\n"));
        }
      };
      headersEditor = headerEditor;
      headerEditor.on("beforeChange", keep);
      return () => headerEditor.off("beforeChange", keep);
    }, [headerEditor]);
    return null;
  }

  if (workspace.token) useToken(workspace.token);
  ReactDOM.createRoot(root).render(
    React.createElement(
      GraphiQL,
      {
        fetcher,
        storage,
        plugins: [GraphiQLPluginExplorer.explorerPlugin()],
        defaultTabs: tabs,
        defaultHeaders: defaultHeaders(),
        defaultEditorToolsVisibility: token ? "variables" : "headers", // what is to be filled in
        isHeadersEditorEnabled: true,
        shouldPersistHeaders: false,
        showPersistHeadersSettings: false,
        inputValueDeprecation: true,
        toolbar: { additionalContent: React.createElement(HeadersKeeper) },
      },
      React.createElement(GraphiQL.Logo, null, "Contact gateway"),
    ),
  );
})();

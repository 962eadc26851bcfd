// The page: GraphiQL with our parts in it, and the greeting above.
import { Attributes } from "./attributes.js";
import { developmentToken, keepShown } from "./development_token.js";
import { ExamplesMenu } from "./examples.js";
import { Greeting, HeadersWatch, typed, useCredentials } from "./greeting.js";
import { comeBack } from "./login.js";
import { ReplyPanel } from "./reply_panel.js";
import { fetcher } from "./requests.js";
import { storageFor } from "./storage.js";
import { examples, pretty, workspace } from "./workspace.js";

const { GraphiQL, GraphiQLPluginExplorer, React, ReactDOM } = globalThis;
const { createElement: h } = React;

const first = examples[0].tabs[0];
const storage = storageFor(first);
const plugins = [GraphiQLPluginExplorer.explorerPlugin()];

const headersToBeginWith = () => {
  const authorization = workspace.login ? {} : { Authorization: `Bearer ${developmentToken()}` };
  return pretty({ ...authorization, ...workspace.headers });
};

/** Asks for the schema again when there is another token. */
function SchemaWatch({ credentials }) {
  const { introspect, isFetching } = GraphiQL.React.useSchemaContext();
  const asked = React.useRef(credentials);
  React.useEffect(() => {
    if (!credentials || asked.current === credentials || isFetching) return;
    const again = Boolean(asked.current); // GraphiQL itself asks for the first time
    asked.current = credentials;
    if (again) introspect();
  });
  return null;
}

function DevelopmentToken() {
  const { headerEditor } = GraphiQL.React.useEditorContext();
  React.useEffect(() => (headerEditor ? keepShown(headerEditor) : undefined), [headerEditor]);
  return null;
}

function Page() {
  const credentials = useCredentials();
  const known = workspace.introspection && credentials;
  const helpers = [h(DevelopmentToken), h(HeadersWatch), h(Attributes), h(SchemaWatch, { credentials })];
  return h(
    GraphiQL,
    {
      fetcher,
      storage,
      plugins,
      schema: known ? undefined : null, // null keeps GraphiQL from asking
      defaultTabs: [first],
      defaultQuery: "",
      defaultHeaders: typed.use() || headersToBeginWith(), // a new tab has what the last one had
      defaultEditorToolsVisibility: workspace.token ? "variables" : "headers", // to be filled in
      isHeadersEditorEnabled: true,
      shouldPersistHeaders: false,
      showPersistHeadersSettings: false,
      inputValueDeprecation: true,
      toolbar: { additionalContent: h(React.Fragment, null, ...helpers) },
    },
    h(GraphiQL.Logo, null, h(ExamplesMenu), h("h1", null, "Contact gateway")),
    h(GraphiQL.Footer, null, h(ReplyPanel)),
  );
}

/** Draw the page, once a login that has just been made is complete. */
export const start = async (root) => {
  await comeBack();
  typed.set(headersToBeginWith());
  ReactDOM.createRoot(document.getElementById("greeting")).render(h(Greeting));
  ReactDOM.createRoot(root).render(h(Page));
};

// Above GraphiQL, where no token is filled in: where one comes from, and logging in.
import { credentialsOf, parsed } from "./headers.js";
import { logIn, logOut, login } from "./login.js";
import { changing } from "./changing.js";
import { workspace } from "./workspace.js";

const { GraphiQL, React } = globalThis;
const { createElement: h } = React;
const MILLISECONDS_AT_REST = 300; // who types a token has not finished before

/** The headers as the editor has them, once it is at rest. */
export const typed = changing("");

/** Whose token would be sent now: that of the headers, or of who is logged in. */
export const useCredentials = () => {
  const { user } = login.use();
  return credentialsOf(parsed(typed.use())) ?? user?.profile.sub;
};

/** Watches the editor of the headers. */
export function HeadersWatch() {
  const { headerEditor } = GraphiQL.React.useEditorContext();
  React.useEffect(() => {
    if (!headerEditor) return undefined;
    let waiting = 0;
    const look = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => typed.set(headerEditor.getValue()), MILLISECONDS_AT_REST);
    };
    typed.set(headerEditor.getValue());
    headerEditor.on("change", look);
    return () => headerEditor.off("change", look);
  }, [headerEditor]);
  return null;
}

const button = (text, onClick) => h("button", { type: "button", onClick }, text);

function WhereATokenGoes() {
  const example = h("code", null, '"Authorization": "Bearer …"');
  const source = h("b", null, workspace.tokenSource);
  return h(React.Fragment, null, "put an access token of ", source, " into Headers: ", example, ".");
}

function Sentence() {
  const credentials = useCredentials();
  const { user } = login.use();
  if (user) return h("p", null, `Logged in at ${workspace.tokenSource}.`, button("Log out", logOut));
  if (!credentials) {
    const begin = workspace.login ? [button("Log in", logIn), " to begin, or "] : ["To begin, "];
    return h("p", null, ...begin, h(WhereATokenGoes));
  }
  if (workspace.introspection) return null;
  return h("p", null, "INTROSPECTION is off: there is no documentation here.");
}

/** What a person has to know before anything can be sent. */
export function Greeting() {
  const { fault } = login.use();
  return h(React.Fragment, null, h(Sentence), fault && h("p", { role: "alert" }, fault));
}

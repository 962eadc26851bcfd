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

function Sentence() {
  const credentials = useCredentials();
  const { user } = login.use();
  const { tokenSource } = workspace;
  if (user) return h("p", null, `Logged in at ${tokenSource}.`, button("Log out", logOut));
  if (credentials) {
    const silent = workspace.introspection || workspace.token;
    return silent ? null : h("p", null, "INTROSPECTION is off: there is no documentation here.");
  }
  const headers = h(React.Fragment, null, "put an access token of ", h("b", null, tokenSource));
  const where = h(React.Fragment, null, headers, " into Headers: ", h("code", null, '"Authorization": "Bearer …"'));
  if (!workspace.login) return h("p", null, "To begin, ", where, ".");
  return h("p", null, button("Log in", logIn), " to begin, or ", where, ".");
}

/** What a person has to know before anything can be sent. */
export function Greeting() {
  const { fault } = login.use();
  return h(React.Fragment, null, h(Sentence), fault && h("p", { role: "alert" }, fault));
}

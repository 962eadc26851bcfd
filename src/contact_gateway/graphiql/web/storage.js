// Where GraphiQL keeps tabs, history and theme: everything but headers, and with them the token.
// GraphiQL 3.9.0 would store the headers of every request, and add a tab at a reload.
const PREFIX = "contact-gateway:";
const WITH_HEADERS = ["graphiql:tabState", "graphiql:queries", "graphiql:favorites"];
const OF_THE_ACTIVE_TAB = { "graphiql:query": "query", "graphiql:variables": "variables" };

const withoutHeaders = (json) =>
  JSON.stringify(JSON.parse(json, (name, value) => (name === "headers" ? null : value)));

const ours = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

/** The storage of this page; `first` is the tab of a first visit. */
export const storageFor = (first) => ({
  getItem(key) {
    // GraphiQL adds a tab when these differ from the active one, so they are not kept beside it
    const part = OF_THE_ACTIVE_TAB[key];
    if (!part) return localStorage.getItem(PREFIX + key);
    const stored = JSON.parse(localStorage.getItem(`${PREFIX}graphiql:tabState`));
    return (stored ? stored.tabs[stored.activeTabIndex] : first)[part];
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
    for (const key of ours()) localStorage.removeItem(key);
  },
  get length() {
    return ours().length;
  },
});

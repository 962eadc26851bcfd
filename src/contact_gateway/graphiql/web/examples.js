// The menu of examples, and the names of tabs: a tab is named by the comment that it begins with.
import { examples } from "./workspace.js";

const { GraphiQL, React } = globalThis;
const { createElement: h } = React;

const nameOf = (query) => /^#[ \t]*(\S.*)/.exec(query ?? "")?.[1].trim();

/** Opens an example in a tab of its own, or the tab where it is. */
const useOpen = () => {
  const { tabs, moveTab, changeTab, headerEditor } = GraphiQL.React.useEditorContext();
  const { stop } = GraphiQL.React.useExecutionContext();
  return ({ title, query, variables }) => {
    stop();
    const found = tabs.findIndex((tab) => nameOf(tab.query) === title);
    if (found >= 0) return changeTab(found);
    const headers = headerEditor.getValue();
    const tab = { query, variables, headers, title, operationName: null, response: null };
    moveTab([...tabs, { ...tab, id: `${title} ${Date.now()}`, hash: "" }]);
    return changeTab(tabs.length);
  };
};

/** Lets a person choose what may happen. */
export function ExamplesMenu() {
  const open = useOpen();
  const { DropdownMenu } = GraphiQL.React;
  const item = (tab) => h(DropdownMenu.Item, { key: tab.title, onSelect: () => open(tab) }, tab.title);
  const group = ({ heading, tabs }) =>
    h(
      "div",
      { key: heading, role: "group", "aria-label": heading },
      h("div", { className: "examples-heading", "aria-hidden": true }, heading),
      tabs.map(item),
    );
  return h(
    DropdownMenu,
    null,
    h(DropdownMenu.Button, { type: "button", className: "examples-button" }, "Examples"),
    h(DropdownMenu.Content, { className: "examples", align: "end" }, examples.map(group)),
  );
}

/** Shows the names: GraphiQL knows no other than that of the operation. */
export function TabNames() {
  const { tabs } = GraphiQL.React.useEditorContext();
  React.useEffect(() => {
    for (const [index, { query }] of tabs.entries()) {
      const button = document.getElementById(`graphiql-session-tab-${index}`);
      const name = nameOf(query);
      if (!button) continue;
      button.toggleAttribute("data-name", Boolean(name));
      if (name) {
        button.dataset.name = name;
        button.setAttribute("aria-label", name);
      } else button.removeAttribute("aria-label");
    }
  });
  return null;
}

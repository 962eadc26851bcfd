// The menu of examples, each in a tab of its own.
import { nameOf } from "./attributes.js";
import { examples } from "./workspace.js";

const { GraphiQL, React } = globalThis;
const { createElement: h } = React;

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
    { modal: false },
    h(DropdownMenu.Button, { type: "button", className: "examples-button" }, "Examples"),
    h(DropdownMenu.Content, { className: "examples", align: "end" }, examples.map(group)),
  );
}

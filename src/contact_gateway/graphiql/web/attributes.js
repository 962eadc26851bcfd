// What GraphiQL 3.9.0 does not say of its elements, to people and to screen readers: a tab is named
// by the comment that it begins with, editors have names, and tabs are buttons in a toolbar, because
// what is a tab may have no button in it.
const { GraphiQL, React } = globalThis;

/** What the document of a tab calls it; undefined if it begins with no comment. */
export const nameOf = (query) => /^#[ \t]*(\S.*)/.exec(query ?? "")?.[1].trim();

const nameTabs = (tabs, active) => {
  document.querySelector(".graphiql-tabs")?.setAttribute("role", "toolbar");
  for (const [index, { query, title }] of tabs.entries()) {
    const button = document.getElementById(`graphiql-session-tab-${index}`);
    if (!button) return; // there is but one tab, which is not shown
    button.textContent = nameOf(query) ?? title;
    button.setAttribute("aria-current", index === active);
    button.parentElement.setAttribute("role", "presentation");
    button.parentElement.removeAttribute("aria-selected");
  }
};

const nameEditors = (editors) => {
  for (const [name, editor] of Object.entries(editors)) {
    editor?.getInputField().setAttribute("aria-label", name);
  }
};

/** Says it, whenever anything of it has changed. */
export function Attributes() {
  const { tabs, activeTabIndex, ...context } = GraphiQL.React.useEditorContext();
  const { visiblePlugin } = GraphiQL.React.usePluginContext();
  React.useEffect(() => nameTabs(tabs, activeTabIndex));
  React.useEffect(() =>
    nameEditors({
      Query: context.queryEditor,
      Variables: context.variableEditor,
      Headers: context.headerEditor,
      Response: context.responseEditor,
    }),
  );
  React.useEffect(() => {
    const select = document.querySelector(".graphiql-explorer-root select");
    select?.setAttribute("aria-label", "Kind of operation");
  }, [visiblePlugin]);
  return null;
}

// What the server hands over in the page: endpoint, examples, headers, where tokens come from.
export const workspace = JSON.parse(document.getElementById("workspace").textContent);

export const pretty = (value) => JSON.stringify(value, null, 2);

/** Every example as a tab of GraphiQL's; the first is what a first visit opens. */
export const examples = workspace.examples.map(({ heading, tabs }) => ({
  heading,
  tabs: tabs.map(({ title, query, variables }) => ({ title, query, variables: pretty(variables) })),
}));

/** The page itself without what an issuer adds to it: where a login comes back to. */
export const home = () => new URL("graphiql", document.baseURI).href;

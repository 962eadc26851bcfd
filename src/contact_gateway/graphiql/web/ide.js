// Starts GraphiQL 3.9.0, with what it lacks: an error of HTTP is shown, the reply is explained, no
// token is stored, and nothing is sent before there is one.

// the style elements that are made when a dialog opens must carry the policy's nonce
globalThis.__webpack_nonce__ = document.querySelector("script[nonce]").nonce;

const root = document.getElementById("graphiql");
if (globalThis.GraphiQL && globalThis.GraphiQLPluginExplorer) {
  // only now, because they need React
  const { start } = await import("./page.js");
  await start(root);
} else {
  root.firstElementChild.textContent += " This failed: see the browser's console.";
}

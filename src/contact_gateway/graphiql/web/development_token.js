// The development token, which only the demo has: shown in the headers, and renewed.
import { workspace } from "./workspace.js";

const issued = new Set(); // every token that this page was given; a token of the user's is not
let token = "";
let shown = null; // the editor that shows it

/** A text with the current token in the place of those before it. */
export const withCurrentToken = (text) =>
  [...issued].reduce((renewed, old) => renewed.replaceAll(old, token), text);

/** Whether credentials are a token that this page was given. */
export const isDevelopmentToken = (credentials) =>
  issued.has(String(credentials).replace(/^bearer /i, ""));

const use = (given) => {
  token = given;
  issued.add(given);
  shown?.setValue(shown.getValue()); // whoever keeps it puts the new token in
};

/** The token that the page came with, if any. */
export const developmentToken = () => token;

/** Get another token; whether that was possible. */
export const renewDevelopmentToken = async () => {
  const response = await fetch(workspace.renewal, { method: "POST" });
  if (response.ok) use(await response.text());
  return response.ok;
};

/** Show the token that is sent in the editor of the headers, and stop with what is returned. */
export const keepShown = (editor) => {
  const keep = (_, change) => {
    if (change.origin !== "setValue") return;
    const text = change.text.join("\n");
    if (text === "") change.cancel(); // a history entry, which has no headers
    else if (withCurrentToken(text) !== text) {
      change.update(change.from, change.to, withCurrentToken(text).split("\n"));
    }
  };
  shown = editor;
  editor.on("beforeChange", keep);
  return () => editor.off("beforeChange", keep);
};

if (workspace.token) use(workspace.token);

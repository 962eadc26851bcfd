// A request as a line for a shell.

/** A word that the shell takes as it is: nothing has a meaning between single quotes but those. */
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The curl line that sends a request, with all its headers: it runs as it is. */
export const curlOf = ({ url, headers, body }) =>
  [
    `curl ${quoted(url)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    `--data-raw ${quoted(body)}`,
  ].join(" \\\n  ");

/** Put a text on the clipboard, which browsers give to no page that comes over plain HTTP. */
export const copy = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.body.appendChild(document.createElement("textarea"));
  area.value = text;
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("the browser does not let a page copy");
};

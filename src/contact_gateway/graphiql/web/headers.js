// The headers of the editor: which are sent, and whether a token is among them.
const SCHEME_ALONE = /^bearer$/i; // what is filled in for a token to follow

/** The headers that are sent: one that is empty is none. */
export const sent = (headers) =>
  Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [name, String(value ?? "").trim()])
      .filter(([, value]) => value !== "" && !SCHEME_ALONE.test(value)),
  );

/** What `Authorization` says, whatever its case; undefined if it says nothing. */
export const credentialsOf = (headers) =>
  Object.entries(sent(headers)).find(([name]) => name.toLowerCase() === "authorization")?.[1];

/** The headers that a text of the editor stands for; none while it is no JSON object. */
export const parsed = (text) => {
  try {
    return { ...JSON.parse(text) };
  } catch {
    return {};
  }
};

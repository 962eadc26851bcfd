import { type FormEvent, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { cacheExchange, Client, type CombinedError, fetchExchange, Provider, useMutation, useQuery } from "urql";
import { GROUPS, RENAME } from "./documents";
import { type Notice, noticeOf } from "./notice";

function App() {
  const [client, setClient] = useState<Client>();

  function enter(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const [url, token, customer] = ["url", "token", "customer"].map((name) => String(fields.get(name)));
    // a client of its own for each caller and customer: nothing of one is shown to another
    setClient(
      new Client({
        url: url!,
        exchanges: [cacheExchange, fetchExchange],
        fetchOptions: { headers: { authorization: `Bearer ${token}`, "customer-id": customer! } },
      }),
    );
  }

  return (
    <main>
      <h1>Contact groups</h1>
      <form onSubmit={enter} aria-label="Who you are">
        <label>Gateway <input name="url" defaultValue="http://127.0.0.1:8000/graphql" required /></label>
        <label>Access token <input name="token" type="password" autoComplete="off" required /></label>
        <label>Customer <input name="customer" defaultValue="5690" inputMode="numeric" required /></label>
        <button>Show the groups</button>
      </form>
      {client && (
        <Provider value={client}>
          <Groups />
        </Provider>
      )}
    </main>
  );
}

function Groups() {
  const [{ data, error }, look] = useQuery({ query: GROUPS });
  const [chosen, choose] = useState("");
  const id = chosen || data?.contactGroups?.items[0]?.id || "";

  if (error) return <p role="alert">{refusal(error)}</p>;
  if (!data?.contactGroups) return <p>Looking …</p>;
  const mayRename = data.viewer?.canUpdateContactGroups ?? true; // null: only the upstream can tell
  return (
    <section aria-label="Groups">
      <label>
        Group
        <select value={id} onChange={(event) => choose(event.target.value)}>
          {data.contactGroups.items.map((group) => (
            <option key={group.id} value={group.id}>{group.name}</option>
          ))}
        </select>
      </label>
      {mayRename
        ? <Rename key={id} id={id} look={() => look({ requestPolicy: "network-only" })} />
        : <p>You may look at groups, and not rename them.</p>}
    </section>
  );
}

function Rename({ id, look }: { id: string; look: () => void }) {
  const [{ fetching }, execute] = useMutation(RENAME);
  const [notice, setNotice] = useState<Notice>();
  const [wait, waitFor] = useCountdown();

  async function rename(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name"));
    const { data, error } = await execute({ id, input: { name } });
    const said: Notice = data
      ? noticeOf(data.updateContactGroup)
      : { tone: "bad", text: error ? refusal(error) : "Nothing came back.", look: true };
    setNotice(said);
    waitFor(Math.ceil(said.waitSeconds ?? 0));
  }

  const ofName = notice?.ofName ?? false;
  return (
    <form onSubmit={rename} aria-label="Rename">
      <label>
        New name
        <input name="name" aria-invalid={ofName} aria-describedby={ofName ? "notice" : undefined} />
      </label>
      <button disabled={fetching || wait > 0}>{wait > 0 ? `Again in ${wait} s` : "Rename"}</button>
      {notice && (
        <p id="notice" role={notice.tone === "good" ? "status" : "alert"} className={notice.tone}>
          {notice.text}
          {notice.requestId && <small> Request {notice.requestId}</small>}
          {notice.look && <button type="button" onClick={look}>Look at the groups again</button>}
        </p>
      )}
    </form>
  );
}

/** The seconds that are left to wait, and how to begin. */
function useCountdown(): [number, (seconds: number) => void] {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return [left, setLeft];
}

/** What to say where nothing ran: 401, 429, no network. */
function refusal({ graphQLErrors, networkError }: CombinedError): string {
  const { code, retryAfterSeconds } = graphQLErrors[0]?.extensions ?? {};
  if (code === "UNAUTHENTICATED") return "Your access has ended. Sign in again.";
  if (code === "RATE_LIMITED") return `Too many requests. Try again in ${retryAfterSeconds} seconds.`;
  if (networkError && !graphQLErrors.length) return "The gateway cannot be reached from here.";
  return graphQLErrors.map((error) => error.message).join(" ");
}

createRoot(document.getElementById("root")!).render(<App />);

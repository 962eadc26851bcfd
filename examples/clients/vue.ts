import { Client, CombinedError, cacheExchange, fetchExchange, useMutation, useQuery } from "@urql/vue";
import { type Caller, headersOf, type Refusal } from "./caller";
import { GROUPS, RENAME } from "./documents";
import type { RenameResult } from "./failures";

/** For `app.use(urql, client)`; with a new one when the customer changes. */
export function createVueClient(caller: Caller): Client {
  return new Client({
    url: caller.url,
    // it asks for a page again after a change of any group that is on it
    exchanges: [cacheExchange, fetchExchange],
    fetchOptions: () => ({ headers: headersOf(caller) }),
    preferGetMethod: "within-url-limit", // its default; the gateway serves queries by GET
  });
}

/** In `setup()`: the groups, and how to rename one. */
export function useGroups() {
  const { data, error, then } = useQuery({ query: GROUPS, variables: {} });
  const { executeMutation } = useMutation(RENAME);

  async function rename(id: string, name: string): Promise<RenameResult> {
    const result = await executeMutation({ id, input: { name } });
    if (result.error) throw result.error;
    return result.data!.updateContactGroup;
  }

  return { data, error, then, rename };
}

export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof CombinedError)) return undefined;
  return error.graphQLErrors[0]?.extensions as unknown as Refusal | undefined;
}

import { cacheExchange } from "@urql/exchange-graphcache";
import { persistedExchange } from "@urql/exchange-persisted";
import { Client, CombinedError, fetchExchange } from "urql";
import { type Caller, headersOf, type Refusal } from "./caller";
import { GROUPS, RENAME } from "./documents";
import type { RenameResult } from "./failures";
import possible from "./generated/possible-types";

/** Ids of one customer mean nothing to another: make a new client when the customer changes. */
export function createUrqlClient(caller: Caller, { trusted = false } = {}): Client {
  const cache = cacheExchange({
    possibleTypes: possible.possibleTypes, // without it, it would only guess what is a MutationError
    keys: {
      ContactGroupPage: () => null, // pages have no id: they belong to the field that asked
    },
  });
  // what codegen wrote into `persisted-documents.json` goes by its id, in the place of its text
  const byId = persistedExchange({
    enforcePersistedQueries: true,
    enableForMutation: true,
    preferGetForPersistedQueries: false,
    generateHash: async (_, document) =>
      (document as { __meta__?: { hash: string } }).__meta__!.hash.replace("sha256:", ""),
  });
  return new Client({
    url: caller.url,
    exchanges: trusted ? [cache, byId, fetchExchange] : [cache, fetchExchange],
    fetchOptions: () => ({ headers: headersOf(caller) }),
    preferGetMethod: "within-url-limit", // its default; the gateway serves queries by GET
  });
}

export async function listGroups(client: Client): Promise<string[]> {
  const { data, error } = await client.query(GROUPS, {}).toPromise();
  if (error) throw error;
  return data!.contactGroups.items.map((group) => group.name);
}

/** The cache updates itself: the changed group has a `__typename` and an `id`. */
export async function renameGroup(client: Client, id: string, name: string): Promise<RenameResult> {
  const { data, error } = await client.mutation(RENAME, { id, input: { name } }).toPromise();
  if (error) throw error;
  return data!.updateContactGroup;
}

export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof CombinedError)) return undefined;
  return error.graphQLErrors[0]?.extensions as unknown as Refusal | undefined;
}

import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { type Caller, headersOf, type Refusal } from "./caller";
import { GROUPS, RENAME } from "./documents";
import type { RenameResult } from "./failures";
import possible from "./generated/possible-types";

export function createApolloClient(caller: Caller, { trusted = false } = {}): ApolloClient {
  const authentication = new SetContextLink(({ headers }) => ({
    headers: { ...headers, ...headersOf(caller) },
  }));
  // what codegen wrote into `persisted-documents.json` goes by its id, in the place of its text
  const byId = new ApolloLink((operation, forward) => {
    const { hash } = (operation.query as { __meta__?: { hash?: string } }).__meta__ ?? {};
    operation.setContext({ http: { includeQuery: !hash, includeExtensions: !!hash } });
    if (hash) {
      const sha256Hash = hash.replace("sha256:", "");
      operation.extensions = { persistedQuery: { version: 1, sha256Hash } };
    }
    return forward(operation);
  });
  const http = new HttpLink({ uri: caller.url });
  return new ApolloClient({
    link: ApolloLink.from(trusted ? [authentication, byId, http] : [authentication, http]),
    cache: new InMemoryCache({
      // without it, it would take nothing of `... on MutationError`
      possibleTypes: possible.possibleTypes,
      // pages have no id; two of one field are kept apart by their arguments
      typePolicies: { ContactGroupPage: { merge: false } },
    }),
  });
}

export async function listGroups(client: ApolloClient): Promise<string[]> {
  const { data } = await client.query({ query: GROUPS });
  return data!.contactGroups.items.map((group) => group.name);
}

/** The cache updates itself: the changed group has a `__typename` and an `id`. */
export async function renameGroup(client: ApolloClient, id: string, name: string): Promise<RenameResult> {
  const { data } = await client.mutate({ mutation: RENAME, variables: { id, input: { name } } });
  return data!.updateContactGroup;
}

/** Ids of one customer mean nothing to another: call this when the customer changes. */
export async function forgetCustomer(client: ApolloClient): Promise<void> {
  await client.clearStore();
}

export function refusalOf(error: unknown): Refusal | undefined {
  return CombinedGraphQLErrors.is(error) ? (error.errors[0]?.extensions as unknown as Refusal) : undefined;
}

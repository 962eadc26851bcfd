import { ClientError, GraphQLClient } from "graphql-request";
import { type Caller, headersOf, type Refusal } from "./caller";
import { GROUPS, RENAME } from "./documents";
import type { RenameResult } from "./failures";

export function createRequestClient(caller: Caller, { trusted = false } = {}): GraphQLClient {
  return new GraphQLClient(caller.url, {
    headers: () => headersOf(caller),
    requestMiddleware: trusted ? byId : undefined,
  });
}

type Middleware = NonNullable<NonNullable<ConstructorParameters<typeof GraphQLClient>[1]>["requestMiddleware"]>;

/** What codegen wrote into `persisted-documents.json` goes by its id, in the place of its text. */
const byId: Middleware = (request) => {
  const { operationName, variables } = JSON.parse(request.body as string);
  const documents = { Groups: GROUPS, Rename: RENAME };
  const document = documents[operationName as keyof typeof documents];
  const { hash } = (document as unknown as { __meta__: { hash: string } }).__meta__;
  return { ...request, body: JSON.stringify({ documentId: hash, operationName, variables }) };
};

export async function listGroups(client: GraphQLClient): Promise<string[]> {
  const { contactGroups } = await client.request(GROUPS, {});
  return contactGroups.items.map((group) => group.name);
}

/** There is no cache: ask for the groups again, or put the changed one where it is shown. */
export async function renameGroup(client: GraphQLClient, id: string, name: string): Promise<RenameResult> {
  const { updateContactGroup } = await client.request(RENAME, { id, input: { name } });
  return updateContactGroup;
}

export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof ClientError)) return undefined;
  return error.response.errors?.[0]?.extensions as unknown as Refusal | undefined;
}

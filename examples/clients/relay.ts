import { Environment, fetchQuery, graphql, commitMutation, type FetchFunction, Network, RecordSource, Store } from "relay-runtime";
import type { relayGroupsQuery } from "./__generated__/relayGroupsQuery.graphql";
import type { relayRenameMutation } from "./__generated__/relayRenameMutation.graphql";
import { type Caller, headersOf, type Refusal } from "./caller";

class RefusedError extends Error {
  constructor(readonly refusal: Refusal, message: string) {
    super(message);
  }
}

/** Ids of one customer mean nothing to another: make a new environment when the customer changes. */
export function createRelayEnvironment(caller: Caller): Environment {
  const fetchFunction: FetchFunction = async ({ id, text }, variables) => {
    const response = await fetch(caller.url, {
      method: "POST",
      headers: {
        ...headersOf(caller),
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json",
      },
      // the id where `persistConfig` has put the document into a file, which TRUSTED_DOCUMENTS names
      body: JSON.stringify(id ? { documentId: id, variables } : { query: text, variables }),
    });
    const result = await response.json();
    if (!("data" in result)) {
      throw new RefusedError(result.errors[0].extensions, result.errors[0].message);
    }
    return result;
  };
  return new Environment({ network: Network.create(fetchFunction), store: new Store(new RecordSource()) });
}

// concrete members only: `... on MutationError` would take their names from the compiler
const GROUPS = graphql`
  query relayGroupsQuery {
    contactGroups {
      items { id name }
    }
  }
`;

const RENAME = graphql`
  mutation relayRenameMutation($id: ID!, $input: UpdateContactGroupInput!) {
    updateContactGroup(id: $id, input: $input) {
      __typename
      ... on UpdateContactGroupSuccess { contactGroup { id name } outcome }
      ... on InvalidInputError { fieldErrors { path messages } message outcome retryable requestId }
      ... on PermissionDeniedError { requiredScope message outcome retryable requestId }
      ... on ContactGroupNotFoundError { message outcome retryable requestId }
      ... on RequestRejectedError { message outcome retryable requestId }
      ... on RateLimitedError { retryAfterSeconds message outcome retryable requestId }
      ... on UpstreamUnavailableError { retryAfterSeconds message outcome retryable requestId }
      ... on UnexpectedProblemError { message outcome retryable requestId }
    }
  }
`;

export type RelayRenameResult = relayRenameMutation["response"]["updateContactGroup"];

export async function listGroups(environment: Environment, { cached = false } = {}): Promise<string[]> {
  const fetchPolicy = cached ? "store-or-network" : "network-only";
  const found = await fetchQuery<relayGroupsQuery>(environment, GROUPS, {}, { fetchPolicy }).toPromise();
  return found!.contactGroups!.items.map((group) => group.name);
}

/** The store updates itself: the changed group has an `id`. */
export function renameGroup(environment: Environment, id: string, name: string): Promise<RelayRenameResult> {
  return new Promise((resolve, reject) => {
    commitMutation<relayRenameMutation>(environment, {
      mutation: RENAME,
      variables: { id, input: { name } },
      onCompleted: ({ updateContactGroup }) => resolve(updateContactGroup),
      onError: reject,
    });
  });
}

export function refusalOf(error: unknown): Refusal | undefined {
  return error instanceof RefusedError ? error.refusal : undefined;
}

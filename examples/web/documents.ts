import { graphql } from "./generated";

export const GROUPS = graphql(`
  query Groups {
    viewer { canUpdateContactGroups }
    contactGroups(pageSize: 1000) { items { id name } }
  }
`);

export const RENAME = graphql(`
  mutation Rename($id: ID!, $input: UpdateContactGroupInput!) {
    updateContactGroup(id: $id, input: $input) {
      __typename
      ... on UpdateContactGroupSuccess { contactGroup { id name } }
      ... on InvalidInputError { fieldErrors { path messages } }
      ... on PermissionDeniedError { requiredScope }
      ... on RateLimitedError { retryAfterSeconds }
      ... on UpstreamUnavailableError { retryAfterSeconds }
      ... on MutationError { message outcome retryable requestId }
    }
  }
`);

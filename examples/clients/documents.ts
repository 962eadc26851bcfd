import { graphql } from "./generated/gql";

export const GROUPS = graphql(`
  query Groups($filter: ContactGroupFilter, $page: Int! = 1) {
    contactGroups(filter: $filter, page: $page) {
      items { id name }
      pageNumber
      hasNextPage
    }
  }
`);

export const RENAME = graphql(`
  mutation Rename($id: ID!, $input: UpdateContactGroupInput!) {
    updateContactGroup(id: $id, input: $input) {
      __typename
      ... on UpdateContactGroupSuccess { contactGroup { id name } outcome }
      ... on InvalidInputError { fieldErrors { path messages } }
      ... on PermissionDeniedError { requiredScope }
      ... on RateLimitedError { retryAfterSeconds }
      ... on UpstreamUnavailableError { retryAfterSeconds }
      ... on MutationError { message code outcome retryable requestId }
    }
  }
`);

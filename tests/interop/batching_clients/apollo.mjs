// Asks twice at once over Apollo Client's BatchHttpLink, and prints what each asker is shown.
import { ApolloClient, InMemoryCache, gql } from "@apollo/client";
import { BatchHttpLink } from "@apollo/client/link/batch-http";

const { GATEWAY_URL, GATEWAY_HEADERS } = process.env;
const client = new ApolloClient({
  link: new BatchHttpLink({ uri: GATEWAY_URL, headers: JSON.parse(GATEWAY_HEADERS) }),
  cache: new InMemoryCache(),
});

const ends = await Promise.allSettled([
  client.query({ query: gql`query First { contactGroup(id: "1") { id } }` }),
  client.query({ query: gql`query Second { viewer { customerId } }` }),
]);
console.log(JSON.stringify(ends.map(({ reason }) => ({ name: reason?.name, message: reason?.message }))));

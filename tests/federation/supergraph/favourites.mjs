// Another team's subgraph, on loopback: it refers to contact groups, and knows something of its own
// about each. It prints its URL.
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key"])

  type Query {
    favourites(ids: [ID!]!): [Favourite!]!
  }

  type Favourite {
    rank: Int!
    group: ContactGroup
  }

  type ContactGroup @key(fields: "id") {
    id: ID!
    stars: Int!
  }
`);

const resolvers = {
  Query: {
    favourites: (_, { ids }) => ids.map((id, index) => ({ rank: index + 1, group: { id } })),
  },
  ContactGroup: {
    __resolveReference: ({ id }) => ({ id }),
    stars: ({ id }) => Number(id) % 5,
  },
};

const server = new ApolloServer({
  schema: buildSubgraphSchema({ typeDefs, resolvers }),
  plugins: [ApolloServerPluginInlineTraceDisabled()], // else it says that it is enabled
});
const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
console.log(url);

// Composes the supergraph of the subgraphs that are running: each is asked what it is, as gateways
// do it, without a token. Arguments: name=URL of each. It prints the supergraph.
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

const document = 'query __ApolloGetServiceDefinition__ { _service { sdl } }';

const subgraph = async (argument) => {
  const [name, url] = argument.split(/=(.*)/);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: document }),
  });
  const { data } = await response.json();
  return { name, url, typeDefs: parse(data._service.sdl) };
};

const { errors, hints, supergraphSdl } = composeServices(
  await Promise.all(process.argv.slice(2).map(subgraph)),
);
for (const { message } of [...(errors ?? []), ...(hints ?? [])]) console.error(message);
if (errors) process.exit(1);
console.log(supergraphSdl);

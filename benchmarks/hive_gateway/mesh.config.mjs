// The same operation, composed from the OpenAPI document into what Hive Gateway serves.
import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('ContactGroups', {
        source: new URL('openapi.json', import.meta.url).pathname,
        endpoint: process.env.UPSTREAM_URL,
        operationHeaders: {
          Authorization: '{context.headers.authorization}',
          'Customer-Id': '{context.headers["customer-id"]}',
        },
      }),
    },
  ],
});

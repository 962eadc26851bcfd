import { defineConfig } from '@graphql-hive/gateway';

export const gatewayConfig = defineConfig({
  propagateHeaders: {
    fromClientToSubgraphs: ({ request, subgraphName }) =>
      subgraphName === 'contact_groups'
        ? {
            authorization: request.headers.get('authorization') ?? '',
            'customer-id': request.headers.get('customer-id') ?? '',
          }
        : undefined,
  },
});

// A certified OpenID provider on loopback that issues access tokens as JWTs to four clients, each
// named after the algorithm of its tokens, and opaque ones to a fifth, which it can be asked about.
// Argument: the audience. It prints its issuer URL.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const audience = process.argv[2];
const RESOURCE = 'https://contacts.test/';

const key = (type, options, algorithm) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
  alg: algorithm,
  use: 'sig',
});

const client = (algorithm, authentication) => ({
  client_id: algorithm,
  client_secret: `secret of ${algorithm}: 100%+/`,
  token_endpoint_auth_method: authentication,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
});

const configuration = {
  clients: [
    client('RS256', 'client_secret_post'),
    client('PS256', 'client_secret_post'),
    client('ES256', 'client_secret_basic'),
    client('EdDSA', 'client_secret_post'),
    client('opaque', 'client_secret_basic'),
  ],
  jwks: {
    keys: [
      key('rsa', { modulusLength: 2048 }, 'RS256'),
      key('rsa', { modulusLength: 2048 }, 'PS256'),
      key('ec', { namedCurve: 'P-256' }, 'ES256'),
      key('ed25519', {}, 'EdDSA'),
    ],
  },
  extraTokenClaims: () => ({ customer_id: [5690, 7310] }),
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => RESOURCE,
      getResourceServerInfo: (_context, _resource, { clientId }) => ({
        scope: 'contacts:read contacts:write',
        audience,
        ...(clientId === 'opaque'
          ? { accessTokenFormat: 'opaque' }
          : { accessTokenFormat: 'jwt', jwt: { sign: { alg: clientId } } }),
      }),
    },
  },
};

const server = createServer().listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.on('request', new Provider(issuer, configuration).callback());
  console.log(issuer);
});

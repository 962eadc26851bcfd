// A certified OpenID provider on loopback at which people log in with a browser.
// Arguments: the audience, where the page of the public client "page" is, and for how many seconds
// an access token is good. It prints its issuer URL.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [, , audience, page, seconds] = process.argv;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const configuration = {
  clients: [
    {
      client_id: 'page',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: [page],
      post_logout_redirect_uris: [page],
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' }] },
  cookies: { keys: ['only for tests'] },
  // as most issuers have it: who may renew says so at the client, and nobody is asked each time
  issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
  clientBasedCORS: (_context, origin) => origin === new URL(page).origin,
  extraTokenClaims: () => ({ customer_id: [5690] }),
  ttl: { AccessToken: Number(seconds) },
  features: {
    devInteractions: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope: 'contacts:read contacts:write',
        audience,
        accessTokenFormat: 'jwt',
      }),
    },
  },
};

const server = createServer().listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.on('request', new Provider(issuer, configuration).callback());
  console.log(issuer);
});

// Logging in at the issuer: authorization code with PKCE, by oidc-client-ts. The token is in memory
// only: what outlives the way to the issuer and back is the verifier, which nobody else can use.
import { changing } from "./changing.js";
import { home, workspace } from "./workspace.js";

const { oidc } = globalThis;
const SECONDS_LEFT = 30; // a token with less is renewed before it is sent

/** Who is logged in, if anybody, and what went wrong. */
export const login = changing({ user: null, fault: "" });

// RFC 8707: said again whenever a token is asked for, or it would be for the issuer itself
const resource = workspace.login?.resource ?? undefined;

const made = () => {
  const { issuer, clientId, scope, audience } = workspace.login;
  return new oidc.UserManager({
    authority: issuer,
    client_id: clientId,
    scope,
    resource,
    extraQueryParams: { audience },
    extraTokenParams: resource ? { resource } : {},
    redirect_uri: home(),
    post_logout_redirect_uri: home(),
    response_type: "code",
    userStore: new oidc.WebStorageStateStore({ store: new oidc.InMemoryWebStorage() }),
    stateStore: new oidc.WebStorageStateStore({ store: sessionStorage }),
    automaticSilentRenew: false, // done when it is needed, and never in a frame
  });
};

const manager = workspace.login && oidc ? made() : null;

const failed = (error) => login.set({ user: null, fault: `The login failed: ${error.message}` });

/** Go to the issuer; the page comes back. */
export const logIn = () => manager.signinRedirect().catch(failed);

/** Take the token back, and end the session at the issuer where it offers that. */
export const logOut = async () => {
  await manager.revokeTokens(["refresh_token"]).catch(() => {}); // an issuer need not offer it
  await manager.removeUser(); // first: else the ID token would go along in the address
  login.set({ user: null, fault: "" });
  const offered = await manager.metadataService.getEndSessionEndpoint().catch(() => undefined);
  if (offered) await manager.signoutRedirect().catch(failed);
};

/** Finish a login if the page comes back from the issuer, before anything else is asked. */
export const comeBack = async () => {
  const parameters = new URLSearchParams(location.search);
  if (!manager || !parameters.has("state")) return;
  const url = location.href;
  history.replaceState(null, "", home()); // a code is used once; a reload must not send it again
  if (!parameters.has("code") && !parameters.has("error")) return;
  try {
    login.set({ user: await manager.signinRedirectCallback(url), fault: "" });
  } catch (error) {
    failed(error);
  }
};

const ended = () => {
  login.set({ user: null, fault: "The login has ended." });
  manager.removeUser();
  return false;
};

let renewal = null;

/** Get another token with the refresh token; whether that was possible. */
export const renewLogin = async () => {
  if (!login.get().user?.refresh_token) return ended();
  renewal ??= manager.signinSilent({ resource }).finally(() => (renewal = null));
  try {
    login.set({ user: await renewal, fault: "" });
    return true;
  } catch (error) {
    // an issuer that is out of reach for a moment has refused nothing
    return error instanceof oidc.ErrorResponse ? ended() : false;
  }
};

/** The access token of who is logged in, renewed if it is about to expire; undefined if nobody is. */
export const loginToken = async () => {
  const { user } = login.get();
  if (user?.refresh_token && user.expires_in < SECONDS_LEFT) await renewLogin();
  return login.get().user?.access_token;
};

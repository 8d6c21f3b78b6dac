// oidc-provider's configuration: the same algorithms, lifetimes and features that the provider beside it has.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function createConfiguration({ adapter, accounts, client, resource, scope, folder }) {
  return {
    adapter,
    findAccount: accounts.find,
    clients: [client],
    ...loadSecrets(folder),
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      // A token for this API is an ES256 JWT (RFC 9068) and isn't stored. Without `resource` it is for userinfo, opaque and stored:
      // the library neither introspects a JWT nor takes one at userinfo.
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => false,
        getResourceServerInfo: () => ({
          scope, audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 5 * MINUTE, jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: (ctx) => skipConsent(ctx, resource, scope),
    issueRefreshToken: (_ctx, registered) => registered.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    ttl: {
      AccessToken: 5 * MINUTE, AuthorizationCode: MINUTE, ClientCredentials: 5 * MINUTE, IdToken: 5 * MINUTE,
      RefreshToken: 30 * DAY, Grant: 90 * DAY, Interaction: HOUR, Session: 12 * HOUR,
    },
    renderError: (ctx, out) => { ctx.type = 'text'; ctx.body = `${out.error}: ${out.error_description}`; },
  };
}

// A first-party client: what it asks for is granted without asking the person.
async function skipConsent(ctx, resource, scope) {
  const { session, client, provider, params } = ctx.oidc;
  const existing = session.grantIdFor(client.clientId);
  if (existing) return provider.Grant.find(existing);
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(params.scope);
  if (params.resource) grant.addResourceScope(resource, scope);
  await grant.save();
  return grant;
}

// Keys are made at first start and kept, as a deployment does.
function loadSecrets(folder) {
  const file = join(folder, 'keys.json');
  if (!existsSync(file)) {
    const jwk = (kid, alg, pair) => ({ ...pair.privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' });
    const keys = [
      jwk('rs', 'RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })),
      jwk('es', 'ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })),
    ];
    const cookies = { keys: [randomBytes(32).toString('base64url')] };
    writeFileSync(file, JSON.stringify({ jwks: { keys }, cookies }), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

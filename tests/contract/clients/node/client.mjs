// One visit with openid-client, which knows nothing but the issuer: reads what to be from its input, a JSON object a line, and answers so.
import { createInterface } from 'node:readline'
import * as openid from 'openid-client'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const read = async () => JSON.parse((await lines.next()).value)
const say = (value) => process.stdout.write(JSON.stringify(value) + '\n')

const refusal = async (attempt) => {
  try {
    await attempt()
  } catch (error) {
    return error.error ?? error.code ?? String(error)
  }
  return null
}

const authentication = async ({ method, secret, key }) => {
  switch (method) {
    case 'client_secret_basic':
      return openid.ClientSecretBasic(secret)
    case 'client_secret_post':
      return openid.ClientSecretPost(secret)
    case 'private_key_jwt': {
      const imported = await crypto.subtle.importKey('jwk', key, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
      return openid.PrivateKeyJwt({ key: imported, kid: key.kid })
    }
    default:
      return openid.None()
  }
}

const asked = await read()
const config = await openid.discovery(
  new URL(asked.issuer),
  asked.client_id,
  { id_token_signed_response_alg: asked.id_token_alg },
  await authentication(asked),
  { execute: asked.issuer.startsWith('http:') ? [openid.allowInsecureRequests] : [] },
)
// The ID token's signature too, although it came by a channel of our own.
openid.enableNonRepudiationChecks(config)

if (asked.grant === 'client_credentials') {
  const tokens = await openid.clientCredentialsGrant(config, asked.parameters)
  say({ tokens, introspection: await openid.tokenIntrospection(config, tokens.access_token) })
  process.exit(0)
}

const verifier = openid.randomPKCECodeVerifier()
const state = openid.randomState()
const nonce = openid.randomNonce()
const url = openid.buildAuthorizationUrl(config, {
  redirect_uri: asked.redirect_uri,
  scope: asked.scope,
  code_challenge: await openid.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  max_age: '3600',
  state,
  nonce,
})
say({ url: url.href })

const { callback } = await read()
const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true, maxAge: 3600 }
const tokens = await openid.authorizationCodeGrant(config, new URL(callback), checks)
const claims = tokens.claims()
const userinfo = await openid.fetchUserInfo(config, tokens.access_token, claims.sub)
const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token)
const introspection = asked.method === 'none' ? null : await openid.tokenIntrospection(config, refreshed.access_token)
await openid.tokenRevocation(config, refreshed.refresh_token)
const afterRevocation = await refusal(() => openid.refreshTokenGrant(config, refreshed.refresh_token))
const endSession = openid.buildEndSessionUrl(config, {
  id_token_hint: tokens.id_token,
  post_logout_redirect_uri: asked.post_logout_redirect_uri,
  state,
})
// Last, because a code that comes twice ends what the first one gave.
const again = await refusal(() => openid.authorizationCodeGrant(config, new URL(callback), checks))
say({ claims, tokens, again, userinfo, refreshed: { ...refreshed, claims: refreshed.claims() }, introspection, afterRevocation, endSession: endSession.href })
process.exit(0)

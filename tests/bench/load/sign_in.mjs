// A whole sign-in, as a browser and a service do it together: authorization request, sign-in page, password, code, tokens. Each one
// is somebody new to the server: its own cookies, its own PKCE secret.
import { createHash, randomBytes } from 'node:crypto';

import { basic, expect, get, isJwt, postForm, readJson } from './requests.mjs';

const MAX_STEPS = 12;

export async function signIn(connection, target, person, extra) {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(12).toString('base64url');
  const query = new URLSearchParams({
    client_id: target.clientId, redirect_uri: target.callback, response_type: 'code', scope: target.scope, state,
    nonce: randomBytes(12).toString('base64url'), code_challenge_method: 'S256',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), ...extra,
  });
  const answer = await walk(connection, target, `${target.paths.authorize}?${query}`, person);
  if (answer.get('state') !== state || answer.get('iss') !== target.issuer || !answer.get('code')) {
    throw new Error(`the authorization response is ${answer}`);
  }
  const form = {
    grant_type: 'authorization_code', code: answer.get('code'), redirect_uri: target.callback, code_verifier: verifier, ...extra,
  };
  const tokens = readJson(await connection.send(postForm(target, target.paths.token, form, basic(target))), 'code redeemed');
  if (!tokens.access_token || !tokens.refresh_token || !isJwt(tokens.id_token, 'RS256')) {
    throw new Error(`tokens are missing: ${Object.keys(tokens)}`);
  }
  return tokens;
}

// Follows redirects and fills in the form until the browser is sent to the service; returns that address's parameters.
async function walk(connection, target, path, person) {
  const cookies = new Cookies();
  let request = get(target, path);
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const answer = await connection.send(request);
    cookies.keep(answer.head);
    if (answer.status === 302 || answer.status === 303) {
      const location = /\r\nlocation: *([^\r]+)/i.exec(answer.head)[1];
      if (location.startsWith(target.callback)) return new URL(location).searchParams;
      const next = new URL(location, target.issuer);
      path = next.pathname + next.search;
      request = get(target, path, cookies.header(next.pathname));
    } else {
      expect(answer.status === 200 && answer.body.includes('name="password"'), 'sign-in page', answer);
      const csrf = /name="csrf_token"[^>]*value="([^"]+)"/.exec(answer.body);
      const form = { ...person, ...(csrf && { csrf_token: csrf[1] }) };
      request = postForm(target, path, form, cookies.header(new URL(path, target.issuer).pathname));
    }
  }
  throw new Error('the sign-in leads nowhere');
}

// RFC 6265, as far as one host and no clock need it.
class Cookies {
  #kept = new Map();

  keep(head) {
    for (const [, line] of head.matchAll(/\r\nset-cookie: *([^\r]+)/gi)) {
      const [pair, ...attributes] = line.split(/; */);
      const name = pair.slice(0, pair.indexOf('='));
      const path = /^path=(.*)$/i.exec(attributes.find((one) => /^path=/i.test(one)) ?? '')?.[1] ?? '/';
      const gone = attributes.some((one) => /^max-age=0$/i.test(one) || /^expires=.*1970/i.test(one));
      if (gone) this.#kept.delete(`${name}@${path}`);
      else this.#kept.set(`${name}@${path}`, { pair, path });
    }
  }

  header(path) {
    const fitting = [...this.#kept.values()].filter((one) => path.startsWith(one.path)).map((one) => one.pair);
    return fitting.length > 0 ? `Cookie: ${fitting.join('; ')}\r\n` : '';
  }
}

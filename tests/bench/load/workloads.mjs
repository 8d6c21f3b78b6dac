// What is measured. Each workload makes, for one connection, a function that does one operation and checks its answer.
import { basic, expect, get, isJwt, postForm, readJson } from './requests.mjs';
import { signIn } from './sign_in.mjs';

export const workloads = {
  // The documents that every client reads: by turns, as clients do.
  async discovery(connection, target) {
    const requests = ['/.well-known/openid-configuration', '/jwks'].map((path) => get(target, path));
    const known = ['', ''];
    let turn = 0;
    return async () => {
      turn = 1 - turn;
      const answer = await connection.send(requests[turn]);
      expect(answer.status === 200, 'document', answer);
      if (answer.body !== known[turn]) {
        const document = readJson(answer, 'document');
        expect(known[turn] === '' && (document.issuer === target.issuer || document.keys?.length >= 2), 'document', answer);
        known[turn] = answer.body;
      }
    };
  },

  async client_credentials(connection, target) {
    const form = { grant_type: 'client_credentials', scope: target.apiScope, resource: target.resource };
    const request = postForm(target, target.paths.token, form, basic(target));
    return async () => {
      const answer = await connection.send(request);
      expect(isJwt(readJson(answer, 'client credentials').access_token, 'ES256'), 'access token', answer);
    };
  },

  // One chain for each connection: every answer's refresh token makes the next request.
  async refresh(connection, target, person) {
    const extra = { resource: target.resource };
    let { refresh_token: token } = await signIn(connection, target, person, extra);
    const headers = basic(target);
    return async () => {
      const form = { grant_type: 'refresh_token', refresh_token: token, ...extra };
      const answer = await connection.send(postForm(target, target.paths.token, form, headers));
      const tokens = readJson(answer, 'refresh');
      expect(isJwt(tokens.access_token, 'ES256') && isJwt(tokens.id_token, 'RS256'), 'tokens', answer);
      expect(tokens.refresh_token && tokens.refresh_token !== token, 'rotation', answer);
      token = tokens.refresh_token;
    };
  },

  async introspection(connection, target, person) {
    const { access_token: token } = await signIn(connection, target, person, {});
    const request = postForm(target, target.paths.introspection, { token }, basic(target));
    return async () => {
      const answer = await connection.send(request);
      const { active, sub, client_id: client } = readJson(answer, 'introspection');
      expect(active === true && sub && client === target.clientId, 'introspection', answer);
    };
  },

  async userinfo(connection, target, person) {
    const { access_token: token } = await signIn(connection, target, person, {});
    const request = get(target, target.paths.userinfo, `Authorization: Bearer ${token}\r\n`);
    return async () => {
      const answer = await connection.send(request);
      const { sub, preferred_username: username, email } = readJson(answer, 'userinfo');
      expect(sub && email && username === person.username, 'userinfo', answer);
    };
  },

  async sign_in(connection, target, person) {
    return async () => {
      const tokens = await signIn(connection, target, person, { resource: target.resource });
      if (!isJwt(tokens.access_token, 'ES256')) throw new Error('the access token is no ES256 JWT');
    };
  },
};

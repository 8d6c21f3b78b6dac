// The peer: node oidc-provider as a deployment would run it, with a plain sign-in page of its own. `node server.mjs '<JSON>'`, where
// the JSON has port, folder, client, resource, scope, callback, people, password (tests/bench/peer.py writes it).
import { createServer } from 'node:http';
import { join } from 'node:path';

import { Provider } from 'oidc-provider';

import { Accounts } from './accounts.mjs';
import { createAdapterClass, openDatabase } from './adapter.mjs';
import { createConfiguration } from './configuration.mjs';

const MAX_FORM = 16 * 1024;
const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; style-src 'self'", 'cache-control': 'no-store', 'x-content-type-options': 'nosniff',
};

const options = JSON.parse(process.argv[2]);
const database = openDatabase(join(options.folder, 'peer.db'));
const accounts = new Accounts(database);
await accounts.seed(options.people, options.password);

const issuer = `http://localhost:${options.port}`;
const provider = new Provider(issuer, createConfiguration({
  adapter: createAdapterClass(database), accounts, client: options.client, resource: options.resource, scope: options.scope,
  folder: options.folder,
}));
const protocol = provider.callback();

createServer((request, response) => {
  if (!request.url.startsWith('/interaction/')) return protocol(request, response);
  return interact(request, response).catch((error) => {
    response.writeHead(error.statusCode ?? 500, { 'content-type': 'text/plain' }).end(error.message);
  });
}).listen(options.port, '127.0.0.1');

// The sign-in page: shows the form, takes the password, hands the result to the library, which redirects.
async function interact(request, response) {
  const { prompt } = await provider.interactionDetails(request, response);
  if (prompt.name !== 'login') throw new Error(`unexpected prompt ${prompt.name}: ${prompt.reasons}`);
  if (request.method !== 'POST') return show(response, 200, '');
  const form = new URLSearchParams(await readBody(request));
  const accountId = await accounts.verify(form.get('username') ?? '', form.get('password') ?? '');
  if (accountId === undefined) return show(response, 422, 'The username or the password isn’t right.');
  return provider.interactionFinished(
    request, response, { login: { accountId, amr: ['pwd'] } }, { mergeWithLastSubmission: false },
  );
}

function show(response, status, problem) {
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in</title></head><body><h1>Sign in</h1>
<p role="alert">${problem}</p><form method="post">
<label for="username">Username</label><input id="username" name="username" autocomplete="username" required>
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required>
<button id="sign-in">Sign in</button></form></body></html>`;
  response.writeHead(status, {
    ...SECURITY_HEADERS, 'content-type': 'text/html; charset=utf-8', 'content-length': Buffer.byteLength(page),
  }).end(page);
}

async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_FORM) throw Object.assign(new Error('too large'), { statusCode: 413 });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

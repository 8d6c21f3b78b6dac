// Requests as bytes on the wire, and what has to be in their answers. A wrong answer is an exception: it fails the run.
import { Buffer } from 'node:buffer';

export function get(target, path, headers = '') {
  return `GET ${path} HTTP/1.1\r\nHost: localhost:${target.port}\r\nAccept: */*\r\n${headers}\r\n`;
}

export function postForm(target, path, form, headers = '') {
  const body = new URLSearchParams(form).toString(); // ASCII, so characters are bytes
  return `POST ${path} HTTP/1.1\r\nHost: localhost:${target.port}\r\nAccept: */*\r\n${headers}`
    + `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

// RFC 6749 section 2.3.1
export function basic(target) {
  const pair = `${encodeURIComponent(target.clientId)}:${encodeURIComponent(target.clientSecret)}`;
  return `Authorization: Basic ${Buffer.from(pair).toString('base64')}\r\n`;
}

export function expect(condition, what, answer) {
  if (!condition) throw new Error(`${what}: ${answer.status} ${answer.head.slice(0, 300)} ${answer.body.slice(0, 500)}`);
}

// The JSON of a successful answer.
export function readJson(answer, what) {
  expect(answer.status === 200, what, answer);
  return JSON.parse(answer.body);
}

// A JWT with this algorithm. The header is compared once for each one that is seen: it is the same bytes every time.
const knownHeaders = new Map();

export function isJwt(token, alg) {
  if (typeof token !== 'string') return false;
  const [header, payload, signature, ...rest] = token.split('.');
  if (!payload || !signature || rest.length > 0) return false;
  if (!knownHeaders.has(header)) {
    knownHeaders.set(header, JSON.parse(Buffer.from(header, 'base64url').toString()).alg);
  }
  return knownHeaders.get(header) === alg;
}

// As little HTTP/1.1 as a load generator needs, on raw sockets: one request at a time per kept-alive connection, answers with a
// content length or in chunks. node:http would make the generator the bottleneck on the cheap endpoints.
import { connect } from 'node:net';

const READ_BUFFER = 64 * 1024;
const END_OF_HEAD = '\r\n\r\n';
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;

export class Connection {
  #port; #socket; #pending = null; #waiting = null;

  constructor(port) {
    this.#port = port;
  }

  // Sends a whole request, and resolves to {status, head, body}; `head` is the header block as text.
  async send(request) {
    // A server may close an idle connection; what is open stays open.
    if (!this.#socket) await this.#open();
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close() {
    this.#socket?.destroy();
  }

  #open() {
    return new Promise((resolve, reject) => {
      // Reading into one buffer for good saves an allocation for each answer.
      const onread = { buffer: Buffer.allocUnsafe(READ_BUFFER), callback: (size, buffer) => this.#received(buffer.subarray(0, size)) };
      const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true, onread });
      socket.once('connect', () => { this.#socket = socket; resolve(); });
      socket.once('error', (error) => { reject(error); this.#closed(error); });
      socket.once('close', () => this.#closed(new Error('the server closed the connection')));
    });
  }

  #closed(error) {
    this.#socket = null;
    this.#pending = null;
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.reject(error);
  }

  #received(fresh) {
    const data = this.#pending ? Buffer.concat([this.#pending, fresh]) : fresh;
    const waiting = this.#waiting;
    let answer;
    try {
      answer = parse(data);
      if (waiting === null) throw new Error('an answer that nobody asked for');
    } catch (error) {
      this.#socket.destroy();
      this.#closed(error);
      return true;
    }
    if (answer === null) {
      this.#pending = Buffer.from(data); // the read buffer is about to be written over
    } else {
      this.#pending = null;
      this.#waiting = null;
      waiting.resolve(answer);
    }
    return true;
  }
}

// The answer, or null while part of it is missing.
function parse(data) {
  const headEnd = data.indexOf(END_OF_HEAD);
  if (headEnd < 0) return null;
  const head = data.latin1Slice(0, headEnd);
  const status = Number(head.slice(9, 12));
  const start = headEnd + END_OF_HEAD.length;
  const length = CONTENT_LENGTH.exec(head);
  if (length) {
    const end = start + Number(length[1]);
    if (data.length < end) return null;
    if (data.length > end) throw new Error('more came than the content length says');
    return { status, head, body: data.utf8Slice(start, end) };
  }
  if (CHUNKED.test(head)) {
    const body = readChunks(data, start);
    return body === null ? null : { status, head, body };
  }
  if (status === 204 || status === 304) return { status, head, body: '' };
  throw new Error('the answer has neither a content length nor chunks');
}

function readChunks(data, start) {
  const parts = [];
  for (let at = start; ;) {
    const lineEnd = data.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(data.latin1Slice(at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (data.length < next) return null;
    if (size === 0) return Buffer.concat(parts).toString('utf8');
    parts.push(data.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}

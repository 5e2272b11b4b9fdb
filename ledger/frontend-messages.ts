const sslRequest = 80877103;
const gssRequest = 80877104;
const cancelRequest = 80877102;

/** One request of a client: its bytes for the database, or the reply that it gets without asking the database. */
export interface Request {
  readonly bytes: Uint8Array;
  readonly reply?: Uint8Array;
}

/**
 * Cuts what a PostgreSQL client sends into requests: a simple query, or all messages up to a Sync. Between the two nothing may
 * come in from another client, because they share the unnamed statement.
 */
export class FrontendMessages {
  private received = Buffer.alloc(0);
  private request: Buffer[] = [];
  private isGreeted = false;
  /** True when the client has said goodbye. */
  isEnded = false;

  /** The requests that the chunk completes. */
  push(chunk: Uint8Array): Request[] {
    this.received = Buffer.concat([this.received, chunk]);
    const requests: Request[] = [];
    for (let message = this.next(); message !== undefined; message = this.next()) {
      const request = this.isGreeted ? this.take(message) : this.greet(message);
      if (request !== undefined) requests.push(request);
    }
    return requests;
  }

  /** The first message has no type: its length comes first. */
  private next(): Buffer | undefined {
    const offset = this.isGreeted ? 1 : 0;
    if (this.isEnded || this.received.length < offset + 4) return undefined;
    const length = offset + this.received.readUInt32BE(offset);
    if (this.received.length < length) return undefined;
    const message = this.received.subarray(0, length);
    this.received = this.received.subarray(length);
    return message;
  }

  private greet(message: Buffer): Request | undefined {
    const code = message.readUInt32BE(4);
    if (code === sslRequest || code === gssRequest) return { bytes: message, reply: Buffer.from('N') };
    if (code === cancelRequest) {
      this.isEnded = true;
      return undefined;
    }
    this.isGreeted = true;
    return { bytes: message, reply: welcome };
  }

  private take(message: Buffer): Request | undefined {
    const type = String.fromCharCode(message[0] ?? 0);
    if (type === 'X') {
      this.isEnded = true;
      return undefined;
    }
    this.request.push(message);
    if (type !== 'Q' && type !== 'S') return undefined;
    const bytes = Buffer.concat(this.request);
    this.request = [];
    return { bytes };
  }
}

function backend(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const parameters = {
  server_version: '18.0',
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  standard_conforming_strings: 'on',
};

/** AuthenticationOk, the parameters that clients need, ReadyForQuery. */
const welcome = Buffer.concat([
  backend('R', Buffer.alloc(4)),
  ...Object.entries(parameters).map(([name, value]) => backend('S', Buffer.from(`${name}\0${value}\0`))),
  backend('K', Buffer.alloc(8)),
  backend('Z', Buffer.from('I')),
]);

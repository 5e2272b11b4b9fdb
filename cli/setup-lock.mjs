// Lets one run at a time prepare a clone. Node's own modules only, like setup.mjs.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A local socket: the system gives it up with the process that has it, however that ends. On Linux it is no file either. */
function socketOf(root) {
  const name = `signalbox-setup-${createHash('sha256').update(root).digest('hex').slice(0, 32)}`;
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), name);
}

/** Does the work while no other process of this machine does work in the same folder; waits for one that does. */
export async function aloneIn(root, tell, work) {
  const socket = socketOf(root);
  const waiting = new Set();
  const server = createServer((one) => {
    waiting.add(one);
    one.on('error', () => undefined).on('close', () => waiting.delete(one));
  });
  for (let isTold = false; !(await isHad(server, socket)); isTold = true) {
    if (!isTold) tell('another run prepares this folder: waiting for it');
    await untilFree(socket);
  }
  try {
    return await work();
  } finally {
    server.close();
    for (const one of waiting) one.destroy();
  }
}

async function isHad(server, socket) {
  try {
    server.listen(socket);
    await once(server, 'listening');
    return true;
  } catch (error) {
    // Where no socket can be had at all, nobody can be waited for.
    return error.code !== 'EADDRINUSE';
  }
}

/** Whoever has the socket keeps the connection until it is done. */
async function untilFree(socket) {
  const holder = connect(socket);
  try {
    await once(holder.resume(), 'close');
  } catch (error) {
    // A file that nobody listens at was left by a process that was killed.
    if (error.code === 'ECONNREFUSED' && !socket.startsWith('\0')) rmSync(socket, { force: true });
  }
}

import { createHmac, timingSafeEqual } from 'node:crypto';

/** The client state of a stream's subscription: nobody without the secret knows it, and it tells which stream it is. */
export function clientStateOf(secret: string, stream: string): string {
  return createHmac('sha256', secret).update(stream).digest('base64url');
}

/** The stream whose subscription has the client state; undefined for none. All are compared: the time tells nothing. */
export function streamWith(secret: string, streams: readonly string[], given: string): string | undefined {
  const digest = (text: string): Buffer => createHmac('sha256', secret).update(text).digest();
  const wanted = digest(given);
  let found: string | undefined;
  for (const stream of streams) {
    if (timingSafeEqual(digest(clientStateOf(secret, stream)), wanted)) found = stream;
  }
  return found;
}

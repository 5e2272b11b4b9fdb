import { Permanent, type Inbox } from '../contract';

const refuse = (): never => {
  throw new Permanent('SBX_INBOX_CLOSED', 'nothing is received here: run `signalbox up`');
};

/** For connections that are opened to look or to write, not to hear. */
export const noInbox: Inbox = {
  append: () => Promise.resolve().then(refuse),
  read: refuse,
  newest: () => Promise.resolve().then(refuse),
  released: () => Promise.resolve().then(refuse),
  release: () => Promise.resolve().then(refuse),
};

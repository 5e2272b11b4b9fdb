import type { LedgerDatabase, databases } from '../test/database';
import { openLedger, type Ledger } from './ledger';

/** A ledger for the tests of a `describe`, opened before the first and closed after the last. */
export interface LedgerOver {
  /** Skips where the database cannot be had. */
  readonly it: jest.It;
  readonly ledger: Ledger;
  /** Of the server; undefined where the database is in memory. */
  readonly url: string | undefined;
  /** Another one for each test. */
  readonly tenant: string;
}

/** To be called in `describe.each(databases)`; what it gives is there from `beforeEach` on. */
export function ledgerOver({ open, isThere }: (typeof databases)[number]): LedgerOver {
  let server: LedgerDatabase;
  let ledger: Ledger;
  let tenants = 0;
  beforeAll(async () => {
    if (!isThere) return;
    server = await open();
    ledger = await openLedger(server.url === undefined ? {} : { url: server.url });
  }, 120_000);
  afterAll(async () => {
    if (!isThere) return;
    await ledger.close();
    await server.stop();
  });
  beforeEach(() => {
    tenants += 1;
  });
  return {
    it: isThere ? test : test.skip,
    get ledger() {
      return ledger;
    },
    get url() {
      return server.url;
    },
    get tenant() {
      return `acme-${tenants}`;
    },
  };
}

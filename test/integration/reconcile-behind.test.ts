import type { Reconciled } from '../../activities/subscription-types';
import { signalbox as command } from '../../cli/terminal.fixture';
import { startDispatch } from '../../services/dispatch';
import type { Service } from '../../services/service';
import { type Dynamics365Line, leadOf, startDynamics365Line } from '../dynamics365-line';
import { coldLead, until } from '../line';
import { entries } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(90_000);

// Nobody hands events to lanes at first: what webhooks told waits with the broker, and the ledger knows nothing of it.

let line: Dynamics365Line;
let dispatch: Service | undefined;

beforeAll(async () => {
  line = await startDynamics365Line({}, [], ['worker', 'ingest']);
  await until('the first token', () => line.signalbox.runtime.ledger.loadPosition(stream('reconcile/lead')));
}, 120_000);

afterAll(async () => {
  await dispatch?.stop();
  await line.stop();
});

const stream = (name: string) => ({ tenant: line.tenant, connection: 'sales', stream: name });

async function reconcile(): Promise<Reconciled> {
  const args = ['--tenant-file', line.tenantFile, '--connection', 'sales', '--stream', 'lead', '--grace', 'PT0S'];
  const env = { ...line.env, TEMPORAL_ADDRESS: line.temporalAddress };
  const { code, out, err } = await command(['reconcile', ...args, '--json'], { env });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return (JSON.parse(out) as { readonly streams: readonly [Reconciled] }).streams[0];
}

/** A lead that a webhook told and whose deletion none told. */
async function cameAndWent(): Promise<string> {
  const { admin } = line.crm;
  const posts = admin.posts().length;
  const lead = await admin.create('lead', leadOf(coldLead));
  await admin.idle();
  expect(admin.posts().slice(posts)).toMatchObject([{ status: 202 }]);
  admin.fault({ kind: 'lostWebhook', times: 1_000 });
  await admin.remove('lead', lead);
  await admin.idle();
  admin.fault({ kind: 'clear' });
  return lead;
}

const kindsOf = async (lead: string): Promise<readonly string[]> =>
  (await entries(line, line, lead, 'event')).map(({ event }) => event.data.change.kind);
const isGone = async (lead: string): Promise<boolean> => {
  const [known] = await line.signalbox.runtime.ledger.records(line.tenant, [`lead/${lead}`]);
  return known?.deleted === true;
};

test('deletions that no webhook told of records whose events wait for their lane are not lost, nor told twice', async () => {
  const { admin } = line.crm;
  const tracked = await cameAndWent();
  expect(await kindsOf(tracked)).toEqual([]);
  expect(await reconcile()).toMatchObject({ isResync: false, missing: 1, deleted: 1 });
  // Nobody has heard of it yet; once more finds no more.
  expect(await reconcile()).toMatchObject({ found: 0 });

  // The token is lost with the deletion: the CRM is asked for what the ledger knows, and this it does not know.
  const asked = await cameAndWent();
  admin.fault({ kind: 'expiredDeltaToken' });
  expect(await reconcile()).toMatchObject({ isResync: true, missing: 0 });

  dispatch = startDispatch(line.signalbox.runtime);
  await until('the deletion that was tracked', () => isGone(tracked));
  await until('the other lead', async () => (await kindsOf(asked)).length === 1);
  expect(await reconcile()).toMatchObject({ isResync: false, missing: 1, deleted: 1 });
  await until('the deletion that was asked for', () => isGone(asked));

  expect(await reconcile()).toMatchObject({ missing: 0 });
  expect(await Promise.all([tracked, asked].map(kindsOf))).toEqual([
    ['created', 'deleted'],
    ['created', 'deleted'],
  ]);
});

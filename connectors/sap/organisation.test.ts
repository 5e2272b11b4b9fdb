import { MemoryInbox } from '../../test/contract/memory-inbox';
import { recordKey } from '../../canonical-schema/identity';
import { type RunningSap, startSap } from '../../simulators/sap';
import { sap } from '.';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const partner = { BusinessPartnerCategory: '2', OrganizationBPName1: 'Acme' };

/** The key of the one account that a system has. */
async function keyOf(system: RunningSap): Promise<string> {
  const auth = { kind: 'basic', username: system.basicUser, password: system.basicPassword } as const;
  const config = { product: 's4', baseUrl: system.s4Url, auth, objects: ['BusinessPartner'] } as const;
  const connection = await sap.connect(config, { log, now: Date.now, inbox: new MemoryInbox() });
  try {
    const [from, to] = [-3_600_000, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString());
    const context = { tenant: 'acme', connection: 'erp', org: connection.org, mapping: {} };
    for await (const native of connection.reader.changed('events', from!, to!, AbortSignal.timeout(20_000))) {
      const [event] = await sap.normalise(native, context);
      if (event?.data.record.name === 'Acme') return recordKey(event);
    }
    throw new Error('no account was read');
  } finally {
    await connection.close();
  }
}

test('systems on two ports of one host, a copy of each other, are two organisations', async () => {
  const systems = [await startSap(), await startSap()];
  try {
    for (const { admin } of systems) admin.create('A_BusinessPartner', partner);
    const [one, other] = [await keyOf(systems[0]!), await keyOf(systems[1]!)];
    expect(one).toMatch(/^\/tenants\/acme\/sap\/127\.0\.0\.1%3A\d+\/account\/./);
    expect(other).not.toBe(one);
    expect(other.replace(/%3A\d+/, '')).toBe(one.replace(/%3A\d+/, ''));
  } finally {
    for (const system of systems) await system.stop();
  }
});

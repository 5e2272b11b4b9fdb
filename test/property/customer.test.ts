import fc from 'fast-check';
import { CustomerWalk, indexKeys, type KeyHolder } from '../../ledger/customer';

const keys = ['email:1', 'email:2', 'email:3', 'phone:1', 'phone:2', 'customer:1', 'customer:2'];
const places = ['sales lead', 'sales account', 'erp account', 'erp contact', 'erp order'];

const holder = fc.record({
  place: fc.constantFrom(...places),
  own: fc.uniqueArray(fc.constantFrom(...keys), { maxLength: 2 }),
  shared: fc.uniqueArray(fc.constantFrom(...keys), { maxLength: 2 }),
});

/** Up to 12 records, with an order in which they become known. */
const world = fc
  .array(holder, { minLength: 1, maxLength: 12 })
  .map((all) =>
    all.map(({ place, own, shared }, n): KeyHolder => {
      const [connection = '', entity = ''] = place.split(' ');
      const source = `/tenants/t/crm/${connection}`;
      return { source, subject: `${entity}/${n}`, connection, own, shared: shared.filter((key) => !own.includes(key)) };
    }),
  )
  .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));

type Group = (records: readonly KeyHolder[]) => unknown;

const byWalk: Group = (records) => {
  const index = indexKeys(records);
  return records.map((start) => [start.subject, new CustomerWalk(start, index).customer] as const).sort(bySubject);
};

/** The broken twin: joins as records come, and finds out too late that a key is no customer's alone. */
const asTheyCome: Group = (records) => {
  const groups: KeyHolder[][] = [];
  for (const record of records) {
    const group = groups.find((one) => one.some(({ own }) => own.some((key) => record.own.includes(key))));
    const isTwin = group?.some((one) => one.connection === record.connection) ?? true;
    if (group === undefined || isTwin) groups.push([record]);
    else group.push(record);
  }
  const named = groups.map((group) => group.map(({ subject }) => subject).sort());
  return named.map((subjects) => [subjects.join(' '), subjects] as const).sort(bySubject);
};

function bySubject([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

const isOrderless = (group: Group) =>
  fc.property(world, ([records, shuffled]) => {
    expect(group(shuffled)).toEqual(group(records));
  });

test('customers are the same in whatever order their records become known', () => {
  fc.assert(isOrderless(byWalk), { numRuns: 1000 });
});

test('the property finds a grouping that goes by the order', () => {
  expect(fc.check(isOrderless(asTheyCome), { numRuns: 1000 }).failed).toBe(true);
});

test('a key that two records of one CRM have as their own links nobody', () => {
  fc.assert(
    fc.property(world, ([records]) => {
      const index = indexKeys(records);
      for (const start of records) {
        const { members } = new CustomerWalk(start, index).customer;
        for (const key of start.own) {
          const rivals = (index.get(key) ?? []).filter(
            ({ subject, connection, own }) =>
              own.includes(key) && connection === start.connection && entityOf(subject) === entityOf(start.subject),
          );
          if (rivals.length < 2) continue;
          const others = [...start.own, ...start.shared].filter((one) => one !== key);
          const without = new CustomerWalk({ ...start, own: others, shared: [] }, index).customer;
          expect(members.map(({ subject }) => subject)).toEqual(without.members.map(({ subject }) => subject));
        }
      }
    }),
    { numRuns: 500 },
  );
});

function entityOf(subject: string): string {
  return subject.slice(0, subject.indexOf('/'));
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDynamics365, type RunningDynamics365 } from '../index';
import { startReceiver, type Receiver } from '../test-support/receiver';

const folder = join(__dirname, '../../../../shared/fixtures/dynamics365/rec');
const describeCaptures = existsSync(folder) ? describe : describe.skip;

type Json = Readonly<Record<string, unknown>>;

/** Members that only newer (or odd) organisations send. */
const optional = new Set([
  'InitiatingUserAgent',
  'InitiatingUserAzureActiveDirectoryObjectId',
  'UserAzureActiveDirectoryObjectId',
  'Unknown',
]);

/** Attributes of one capture of the oldest kind, in which plain values were wrapped. */
const wrapped = new Set(['Guid:#System', 'DateTime:#System']);

const isPair = (value: unknown): value is { key: string; value: unknown } =>
  typeof value === 'object' && value !== null && Object.keys(value).join() === 'key,value';

const shapeOfText = (text: string): string =>
  /^\/Date\(-?\d+([+-]\d{4})?\)\/$/.exec(text)?.[1] === undefined ? 'text' : 'offset';

const shapeOfList = (list: readonly unknown[]): unknown =>
  list.some(isPair) ? 'pairs' : [...new Set(list.map((item) => JSON.stringify(shape(item))))];

/** What a value is made of: names, types and forms, without the values themselves. */
const shape = (value: unknown): unknown => {
  if (value === null) return 'null';
  if (typeof value === 'string') return shapeOfText(value);
  if (Array.isArray(value)) return shapeOfList(value);
  if (typeof value !== 'object') return typeof value;
  const { __type: type, __value: inner } = value as Json;
  if (typeof type === 'string' && wrapped.has(type)) return shape(inner);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, name === '__type' ? (member as unknown) : shape(member)]),
  );
};

const members = (context: Json): readonly string[] => Object.keys(context).filter((name) => !optional.has(name));

const pairs = (context: Json, name: string): ReadonlyMap<string, unknown> =>
  new Map((context[name] as readonly { key: string; value: unknown }[]).map(({ key, value }) => [key, value]));

const readCapture = (name: string): Json =>
  JSON.parse(readFileSync(join(folder, name), 'utf8').replace(/^\ufeff/, '')) as Json;

const entityOf = (context: Json): Json => pairs(context, 'InputParameters').get('Target') as Json;

/** Shapes of the attributes that both have. */
const sharedShapes = (one: Json, other: Json): readonly (readonly [string, unknown])[] => {
  const known = pairs(other, 'Attributes');
  return [...pairs(one, 'Attributes')].filter(([key]) => known.has(key)).map(([key, value]) => [key, shape(value)]);
};

/** Attributes whose value may be null in one and not in the other. */
const compareEntities = (ours: Json, theirs: Json): void => {
  expect(Object.keys(ours)).toEqual(Object.keys(theirs));
  const [mine, yours] = [sharedShapes(ours, theirs), new Map(sharedShapes(theirs, ours))];
  for (const [key, form] of mine)
    if (form !== 'null' && yours.get(key) !== 'null') expect([key, form]).toEqual([key, yours.get(key)]);
  expect(mine.length).toBeGreaterThan(2);
};

const compareContexts = (ours: Json, theirs: Json): void => {
  expect(members(ours)).toEqual(members(theirs));
  for (const name of [
    'IsInTransaction',
    'IsolationMode',
    'Mode',
    'Stage',
    'SecondaryEntityName',
    'Depth',
    'MessageName',
  ]) {
    expect([name, ours[name]]).toEqual([name, theirs[name]]);
  }
  expect(Object.keys(ours['OwningExtension'] as Json)).toEqual(Object.keys(theirs['OwningExtension'] as Json));
  expect(shape((ours['OwningExtension'] as Json)['Name'])).toBe(shape((theirs['OwningExtension'] as Json)['Name']));
  expect(shape(ours['OperationCreatedOn'])).toBe(shape(theirs['OperationCreatedOn']));
  expect([...pairs(ours, 'PostEntityImages').keys()]).toEqual([...pairs(theirs, 'PostEntityImages').keys()]);
  expect([...pairs(ours, 'OutputParameters').keys()]).toEqual([...pairs(theirs, 'OutputParameters').keys()]);
  compareEntities(entityOf(ours), entityOf(theirs));
};

describeCaptures('contexts beside captured ones (needs ../shared/fixtures/dynamics365)', () => {
  let running: RunningDynamics365;
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver();
    running = await startDynamics365({
      columns: {
        account: [
          { name: 'shko_integer', type: 'Integer' },
          { name: 'shko_decimal', type: 'Decimal' },
          { name: 'shko_currency', type: 'Money' },
          { name: 'shko_datetime', type: 'DateTime' },
          { name: 'shko_boolean', type: 'Boolean' },
          { name: 'shko_string', type: 'String' },
          { name: 'shko_choice', type: 'Picklist', options: [{ value: 1, label: 'Zero' }] },
          {
            name: 'shko_choices',
            type: 'MultiSelectPicklist',
            options: [
              { value: 1, label: 'One' },
              { value: 2, label: 'Two' },
            ],
          },
        ],
      },
    });
  });
  afterEach(async () => {
    await running.stop();
    await receiver.stop();
  });

  const told = async (
    message: string,
    mode: 'sync' | 'async',
    table: string,
    act: () => Promise<unknown>,
  ): Promise<Json> => {
    const auth = { type: 'WebhookKey', key: 'k' } as const;
    running.admin.registerWebhook({ url: receiver.url, auth, steps: [{ message, table, mode }] });
    await act();
    await running.admin.idle();
    return JSON.parse(receiver.received[0]!.body) as Json;
  };

  const everyKind = {
    name: 'Acme',
    shko_integer: 321,
    shko_decimal: 10.12,
    shko_currency: 100,
    shko_datetime: '2023-10-17T07:00:00Z',
    shko_boolean: false,
    shko_string: 'This is a String',
    shko_choice: 1,
    shko_choices: '1,2',
  };

  it.each(['account.Create.unicode.json', 'shko_allfields.Create.all-types-sync.json'])(
    'synchronous Create: %s',
    async (file) => {
      const ours = await told('Create', 'sync', 'account', () => running.admin.create('account', everyKind));
      const theirs = readCapture(file);
      compareContexts(ours, theirs);
      const [mine, yours] = [ours['ParentContext'] as Json, theirs['ParentContext'] as Json];
      expect(members(mine)).toEqual(members(yours));
      expect((mine['OwningExtension'] as Json)['Name']).toBe((yours['OwningExtension'] as Json)['Name']);
      expect(ours['RequestId']).toBe(ours['OperationId']);
      expect(theirs['RequestId']).toBe(theirs['OperationId']);
    },
  );

  it('synchronous Create: values and labels of every kind', async () => {
    const ours = entityOf(await told('Create', 'sync', 'account', () => running.admin.create('account', everyKind)));
    const theirs = entityOf(readCapture('shko_allfields.Create.all-types-sync.json'));
    const columns = Object.keys(everyKind).filter((name) => name.startsWith('shko_') && !/choice|currency/.test(name));
    const [mine, yours] = [pairs(ours, 'Attributes'), pairs(theirs, 'Attributes')];
    for (const name of columns) expect([name, mine.get(name)]).toEqual([name, yours.get(name)]);
    const [labels, captured] = [pairs(ours, 'FormattedValues'), pairs(theirs, 'FormattedValues')];
    for (const name of ['shko_integer', 'shko_decimal', 'shko_boolean', 'shko_choices']) {
      expect([name, labels.get(name)]).toEqual([name, captured.get(name)]);
    }
    expect(labels.get('shko_datetime')).toBe('2023-10-17T07:00:00-00:00');
  });

  it('asynchronous Create: albxrm_alltypes', async () => {
    const ours = await told('Create', 'async', 'account', () => running.admin.create('account', everyKind));
    const theirs = readCapture('albxrm_alltypes.Create.sample2.json');
    compareContexts(ours, theirs);
    expect(ours['ParentContext']).toMatchObject({
      OwningExtension: ours['OwningExtension'],
      IsInTransaction: false,
      Mode: 1,
    });
    expect(theirs['ParentContext']).toMatchObject({
      OwningExtension: theirs['OwningExtension'],
      IsInTransaction: false,
      Mode: 1,
    });
    const [mine, yours] = [ours, theirs].map((context) => [...pairs(context, 'SharedVariables').keys()]);
    expect(mine).toEqual(yours);
  });

  it('asynchronous Update: the contact of the documentation', async () => {
    const id = await running.admin.create('contact', { firstname: 'Jim', lastname: 'Glynn (sample)' });
    const ours = await told('Update', 'async', 'contact', () =>
      running.admin.update('contact', id, { firstname: 'James' }),
    );
    const theirs = readCapture('contact.Update.from-docs.json');
    compareContexts(ours, theirs);
    const names = (context: Json): readonly string[] => [...pairs(entityOf(context), 'Attributes').keys()];
    // The yomi columns are the Japanese readings of names; the simulator has none.
    expect(names(ours)).toEqual(names(theirs).filter((name) => !name.startsWith('yomi')));
    expect(names(ours['ParentContext'] as Json)).toEqual(names(theirs['ParentContext'] as Json));
    expect([...pairs(ours['ParentContext'] as Json, 'InputParameters').keys()]).toEqual([
      'Target',
      'SuppressDuplicateDetection',
    ]);
  });

  it('synchronous Update: an account', async () => {
    const id = await running.admin.create('account', { name: 'Acme' });
    const ours = await told('Update', 'sync', 'account', () =>
      running.admin.update('account', id, { telephone1: '1111' }),
    );
    const theirs = readCapture('account.Update.sample1.json');
    compareContexts(ours, theirs);
    const changed = pairs(ours['ParentContext'] as Json, 'SharedVariables').get('ChangedEntityTypes');
    expect(changed).toEqual(pairs(theirs['ParentContext'] as Json, 'SharedVariables').get('ChangedEntityTypes'));
  });
});

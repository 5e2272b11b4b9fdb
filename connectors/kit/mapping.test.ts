import fc from 'fast-check';
import jsonata from 'jsonata';
import { Unmappable } from '../contract';
import { compileMapping, mappingFaults } from './mapping';

const evaluateOne = async (expression: string, native: Record<string, unknown>): Promise<unknown> =>
  (await compileMapping({ lead: { field: expression } }).evaluate('lead', native)).field;

describe('compileMapping', () => {
  it('evaluates bare names and expressions, and leaves out what they do not find', async () => {
    const mapping = compileMapping({
      lead: {
        region: 'Region__c',
        name: "FirstName & ' ' & LastName",
        city: 'Address.City',
        gone: 'Nope',
        far: 'A.B.C',
      },
    });
    await expect(
      mapping.evaluate('lead', {
        Region__c: 'EMEA',
        FirstName: 'Maria',
        LastName: 'Lopez',
        Address: { City: 'Porto' },
      }),
    ).resolves.toStrictEqual({ region: 'EMEA', name: 'Maria Lopez', city: 'Porto' });
  });

  it('gives an empty record for an entity that is not mapped', async () => {
    await expect(compileMapping({}).evaluate('lead', { Name: 'x' })).resolves.toStrictEqual({});
  });

  it('keeps null, false, 0 and "" apart from absent', async () => {
    const native = { a: null, b: false, c: 0, d: '' };
    const mapping = compileMapping({ lead: { a: 'a', b: 'b', c: 'c', d: 'd', e: 'e' } });
    await expect(mapping.evaluate('lead', native)).resolves.toStrictEqual(native);
  });

  it('lays the tenant mapping field by field over the built-in one', async () => {
    const builtIn = { lead: { name: 'Name', phone: 'Phone' }, account: { name: 'Name' } };
    const mapping = compileMapping({ lead: { phone: 'MobilePhone' } }, builtIn);
    const native = { Name: 'n', Phone: 'p', MobilePhone: 'm' };
    await expect(mapping.evaluate('lead', native)).resolves.toStrictEqual({ name: 'n', phone: 'm' });
    await expect(mapping.evaluate('account', native)).resolves.toStrictEqual({ name: 'n' });
  });

  it('compiles one mapping once', () => {
    const mapping = { lead: { name: 'Name' } };
    const builtIn = { lead: { phone: 'Phone' } };
    expect(compileMapping(mapping, builtIn)).toBe(compileMapping(mapping, builtIn));
    expect(compileMapping(mapping)).not.toBe(compileMapping(mapping, builtIn));
  });

  it('names entity, field and expression when an expression fails on a record', async () => {
    const evaluation = evaluateOne('$number(Revenue)', { Revenue: 'a lot' });
    await expect(evaluation).rejects.toThrow(Unmappable);
    await expect(evaluation).rejects.toThrow(/lead\.field: \$number\(Revenue\): .*a lot/);
  });

  it('refuses a result that is a function', async () => {
    await expect(evaluateOne('$uppercase', {})).rejects.toThrow(/lead\.field.*call it/);
    await expect(evaluateOne('function($x) { $x }', {})).rejects.toThrow(/lead\.field.*call it/);
  });

  it('ends an expression that never ends by itself', async () => {
    await expect(evaluateOne('($f := function() { $f() }; $f())', {})).rejects.toThrow(/timeout|infinite/i);
  });

  it('gives plain arrays, not sequences with marks of their own', async () => {
    const value = await evaluateOne('Items.Name', { Items: [{ Name: 'a' }, { Name: 'b' }] });
    expect(Object.keys(value as object)).toStrictEqual(['0', '1']);
  });

  it('keeps concurrent evaluations of one expression apart', async () => {
    const mapping = compileMapping({ lead: { both: "A.($$.B & '-' & C)" } });
    const records = Array.from({ length: 50 }, (_, n) => ({ A: { C: n }, B: n }));
    const answers = await Promise.all(records.map((native) => mapping.evaluate('lead', native)));
    expect(answers).toStrictEqual(records.map(({ B }) => ({ both: `${String(B)}-${String(B)}` })));
  });

  it('tells which native fields a canonical field reads', () => {
    const mapping = compileMapping({
      lead: {
        a: 'Name',
        b: "FirstName & ' ' & $uppercase(LastName)",
        c: 'Owner.Name',
        d: 'Lines[Price > 3].Amount',
        e: '$.City',
      },
    });
    expect(Object.fromEntries(mapping.reads('lead'))).toStrictEqual({
      a: ['Name'],
      b: ['FirstName', 'LastName'],
      c: ['Owner'],
      d: ['Lines'],
      e: ['City'],
    });
  });
});

describe('mappingFaults', () => {
  it('finds nothing in a mapping that can be used', () => {
    expect(
      mappingFaults({ lead: { a: 'Name', b: '$fromMillis($toMillis(Date))', c: "$toMillis(D, '[Y0001]-[M01]')" } }),
    ).toEqual([]);
  });

  it.each(['$now()', '$millis()', '$random()', '$shuffle(Items)', "$eval('1')", 'Items.($n := $now; $n())'])(
    'refuses %s with its place',
    (expression) => {
      const faults = mappingFaults({ lead: { good: 'Name', bad: expression } });
      expect(faults).toMatchObject([{ entity: 'lead', field: 'bad', expression }]);
      expect(faults[0]?.message).toContain('same record');
      expect(faults[0]?.position).toBeGreaterThan(0);
      expect(() => compileMapping({ lead: { bad: expression } })).toThrow(/lead\.bad/);
    },
  );

  it('refuses a time that JSONata would complete from today', () => {
    expect(mappingFaults({ lead: { at: "$toMillis(Time, '[H01]:[m01]')" } })).toHaveLength(1);
    expect(mappingFaults({ lead: { at: '$toMillis(Time, Picture)' } })).toHaveLength(1);
  });

  it('tells where an expression does not parse, for every one of them', () => {
    expect(mappingFaults({ lead: { a: 'Name &', b: 'Name' }, case: { c: '(Status' } })).toMatchObject([
      { entity: 'lead', field: 'a', position: 6 },
      { entity: 'case', field: 'c' },
    ]);
  });
});

describe('the shortcut for a bare name', () => {
  it('means what JSONata means', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,5}$/),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.jsonValue(),
        async (name, others, value) => {
          fc.pre(!['and', 'or', 'in', 'true', 'false', 'null', 'function'].includes(name));
          const native = { ...others, [name]: value };
          const reference: unknown = await jsonata(name).evaluate(native);
          expect(JSON.stringify(await evaluateOne(name, native))).toBe(JSON.stringify(reference));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('means what JSONata means along a path, through lists, nulls and what has no fields', async () => {
    const inner = fc.oneof(
      fc.jsonValue(),
      fc.record({ b: fc.jsonValue() }),
      fc.array(fc.record({ b: fc.jsonValue() })),
    );
    await fc.assert(
      fc.asyncProperty(inner, fc.constantFrom('a.b', ' a.b', 'a.b.c', 'a.c.b'), async (value, path) => {
        const native = { a: value };
        const reference: unknown = await jsonata(path).evaluate(native);
        expect(JSON.stringify(await evaluateOne(path, native))).toBe(JSON.stringify(reference));
      }),
      { numRuns: 500 },
    );
  });

  it('reads own fields only', async () => {
    await expect(evaluateOne('constructor', {})).resolves.toBeUndefined();
    await expect(evaluateOne('toString', {})).resolves.toBeUndefined();
  });

  it.each(['true', 'false', 'null'])('leaves the word %s to JSONata', async (word) => {
    await expect(evaluateOne(word, { [word]: 'field' })).resolves.toBe(JSON.parse(word));
  });
});

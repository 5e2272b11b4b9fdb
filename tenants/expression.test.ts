import jsonata from 'jsonata';
import { compileExpression, ExpressionError, namesRead } from './expression';
import { functionNames } from './jsonata-functions';

const faultOf = (source: string): ExpressionError => {
  try {
    compileExpression(source);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`${source} compiled`);
};

describe('an expression', () => {
  test.each([
    ['record.isConverted', { isConverted: true }, true],
    ['record.isConverted', {}, false],
    ['record.email', { email: 'a@b.example' }, true],
    ['record.email', { email: '' }, false],
    ['record.tags', { tags: [] }, false],
    ['record.tags', { tags: [0, 1] }, true],
    ['$not($exists(record.phone))', {}, true],
    ["record.status in ['New', 'Open']", { status: 'Open' }, true],
    ['$count(record.tags[$ > 1]) = 2', { tags: [1, 2, 3] }, true],
    ['($limit := 10; record.amount > $limit)', { amount: 11 }, true],
    ['$uppercase(record.name) = "ADA"', { name: 'ada' }, true],
  ])('%s of %j is %s', async (source, record, answer) => {
    await expect(compileExpression(source).evaluate({ record })).resolves.toBe(answer);
  });

  test('does not change what it is asked about', async () => {
    const record = Object.freeze({ status: 'Open', tags: Object.freeze([1, 2]) });
    await expect(compileExpression('$sum(record.tags) = 3').evaluate({ record })).resolves.toBe(true);
  });

  test('that fails says which one it was', async () => {
    const failing = compileExpression('record.amount > "x"').evaluate({ record: { amount: 1 } });
    await expect(failing).rejects.toThrow(ExpressionError);
    await expect(failing).rejects.toThrow(/record\.amount > "x" failed/);
  });

  test('that never ends is ended', async () => {
    const endless = compileExpression('($f := function($n) { $f($n + 1) }; $f(0))').evaluate({ record: {} });
    await expect(endless).rejects.toThrow(ExpressionError);
  });

  test.each(['$now()', '$millis()', '$random()', '$shuffle(record.a)', '$eval("1")', 'record.a ~> $shuffle'])(
    '%s is refused, for it is not pure',
    (source) => {
      expect(faultOf(source).message).toMatch(/not allowed/);
      expect(faultOf(source).position).toBe(source.lastIndexOf('$'));
    },
  );

  test.each([
    ['record.status = = 1', 16],
    ['record.(', 7],
    ['$upercase(record.a)', 0],
    ['1 + $foo', 4],
    ['exists(record.a)', 0],
    ["record.a = 'x", 12],
  ])('%s is refused at %i', (source, position) => {
    expect(faultOf(source).position).toBe(position);
  });
});

describe('the names that an expression reads', () => {
  test.each<[string, string[]]>([
    ['record.status', ['record.status']],
    ["record.status != 'Closed' and $exists(change.by)", ['record.status', 'change.by']],
    ['record.tags[kind = "a"].name', ['record.tags.name']],
    ['$map(record.tags, function($tag) { $tag.kind })', ['record.tags']],
    ['record.a ? record.b : entity', ['record.a', 'record.b', 'entity']],
    ['record.(a & b)', ['record']],
    ['{"x": record.a, "y": [record.b, 1]}', ['record.a', 'record.b']],
  ])('of %s are %j', (source, names) => {
    expect(namesRead(source).map((use) => use.map(({ name }) => name).join('.'))).toEqual(names);
  });
});

test.each([...functionNames])('JSONata has a function $%s', async (name) => {
  await expect(jsonata(`$type($${name})`).evaluate({})).resolves.toBe('function');
});

import { listElements } from './list-elements';

async function* inChunks(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield await Promise.resolve(text.slice(at, at + size));
}

async function elementsOf(text: string, size: number): Promise<string[]> {
  const elements: string[] = [];
  for await (const element of listElements(inChunks(text, size))) elements.push(element);
  return elements;
}

const values = [{ a: '}],[{"\\' }, {}, { b: [{ c: '\\"' }, []], d: 1.5e300, 'ключ "': 'ä€😀' }];

test.each([1, 2, 3, 7, 1000])('the elements come as they stand in the list, in chunks of %i', async (size) => {
  const text = ` [${values.map((value) => JSON.stringify(value)).join(' ,\r\n')}]\n`;
  expect((await elementsOf(text, size)).map((element) => JSON.parse(element) as unknown)).toEqual(values);
  expect(await elementsOf('[]', size)).toEqual([]);
});

test('an element is told before the rest of the list has come', async () => {
  async function* endless(): AsyncGenerator<string> {
    yield await Promise.resolve('[{"a":1},{"b"');
    throw new Error('read on without being asked');
  }
  const { value } = await listElements(endless()).next();
  expect(value).toBe('{"a":1}');
});

test.each(['', '[', '[{"a":1}', '[{"a":"]"', '<html>', '{"a":1}', '["a"]', '[1]', '[{}]]', '[{}]{}'])(
  '%j is no list of objects, or a cut one',
  async (text) => {
    for (const size of [1, 1000]) await expect(elementsOf(text, size)).rejects.toThrow(SyntaxError);
  },
);

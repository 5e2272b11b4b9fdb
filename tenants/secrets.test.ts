import { resolveSecrets } from './secrets';

const sources = {
  env: { TOKEN: 'tok', EMPTY: '' },
  readFile: (path: string) => {
    const files: Readonly<Record<string, string>> = {
      '/etc/sbx/key.pem': 'a\nb\n',
      '/run/pass': 'p\r\n',
      '/run/none': '\n',
    };
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error(`cannot read, and here is a secret`), { code: 'EACCES' });
    return text;
  },
};
const resolve = (value: unknown) => resolveSecrets(value, '/etc/sbx/acme.yaml', sources);

test('references are replaced wherever they stand; all else stays', () => {
  expect(
    resolve({ a: 'env:TOKEN', b: [{ c: 'file:/run/pass' }, 'plain', 1, null], d: 'environment', e: 'file:key.pem' }),
  ).toEqual({
    value: { a: 'tok', b: [{ c: 'p' }, 'plain', 1, null], d: 'environment', e: 'a\nb' },
    missing: [],
  });
});

test('a relative path starts at the tenant file, and only the last line break is cut off', () => {
  expect(resolve('file:key.pem').value).toBe('a\nb');
});

test.each([
  ['env:NOPE', /NOPE is not set/, /export NOPE=/],
  ['env:EMPTY', /EMPTY is not set/, /EMPTY/],
  ['file:/run/other', /\/run\/other cannot be read \(EACCES\)/, /env:NAME/],
  ['file:/run/none', /\/run\/none is empty/, /put the secret/],
])('%s leads nowhere, and is told by its reference alone', (reference, message, fix) => {
  const { missing } = resolve({ auth: { secret: reference } });
  expect(missing).toHaveLength(1);
  expect(missing[0]).toMatchObject({ path: ['auth', 'secret'] });
  expect(missing[0]?.message).toMatch(message);
  expect(missing[0]?.fix).toMatch(fix);
  expect(JSON.stringify(missing)).not.toContain('here is a secret');
});

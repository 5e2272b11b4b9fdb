import { reachLoopbackDirectly } from './loopback';

const after = (env: Record<string, string | undefined>): Record<string, string | undefined> => {
  reachLoopbackDirectly(env);
  return env;
};

describe('reachLoopbackDirectly', () => {
  test('excepts this machine from every proxy, and keeps what was excepted before', () => {
    const env = after({ http_proxy: 'http://proxy.example:3128', NO_PROXY: 'crm.example, localhost' });
    expect(env).toEqual({
      http_proxy: 'http://proxy.example:3128',
      no_proxy: 'crm.example,localhost,127.0.0.1,::1,[::1]',
      NO_PROXY: 'crm.example,localhost,127.0.0.1,::1,[::1]',
    });
    expect(after({ ...env })).toEqual(env);
  });

  test('names nothing that would except every address', () => {
    expect(after({ no_proxy: '' }).no_proxy).toBe('localhost,127.0.0.1,::1,[::1]');
  });

  test("adds to gRPC's own list, which comes first there", () => {
    expect(after({ no_grpc_proxy: 'a.example' }).no_grpc_proxy).toBe('a.example,localhost,127.0.0.1,::1,[::1]');
  });
});

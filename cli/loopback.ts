const loopback = ['localhost', '127.0.0.1', '::1', '[::1]'];

/**
 * Servers of this machine are reached directly, whatever proxy the environment names for the rest: gRPC takes `http_proxy`
 * for every address that `no_proxy` does not except, and so does fetch with NODE_USE_ENV_PROXY. Changes `env`.
 */
export const reachLoopbackDirectly = (env: Record<string, string | undefined>): void => {
  const direct = withLoopback(env.no_proxy ?? env.NO_PROXY);
  Object.assign(env, { no_proxy: direct, NO_PROXY: direct });
  // gRPC prefers its own list where there is one.
  if ((env.no_grpc_proxy ?? '') !== '') env.no_grpc_proxy = withLoopback(env.no_grpc_proxy);
};

const withLoopback = (list = ''): string => {
  const given = list.split(/[\s,]+/).filter((host) => host !== '');
  return [...new Set([...given, ...loopback])].join(',');
};

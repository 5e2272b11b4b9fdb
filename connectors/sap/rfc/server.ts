import type * as NodeRfc from 'node-rfc';
import type { Called, Parameters, Request } from './messages';

type Call = Called['calls'][number];

/** What node-rfc tells a function about its call: `callType`, and the unit of a background one. Its typings leave it open. */
interface RequestContext {
  readonly unitIdentifier?: { readonly id: string };
}

/** SAP's codes for a unit's handlers, whose enumerations the module has in its typings only. With `failed` SAP tries again. */
const codes = { ok: 0, failed: 15, executed: 16 } as unknown as Readonly<
  Record<'ok' | 'failed' | 'executed', NodeRfc.RFC_RC>
>;
const states = { unknown: 0, open: 1, kept: 2 } as unknown as Readonly<
  Record<'unknown' | 'open' | 'kept', NodeRfc.RFC_UNIT_STATE>
>;

/**
 * Registers a server program with the gateway. A synchronous call is answered once it is kept; calls of a unit (bgRFC) are collected,
 * kept together at its commit, and forgotten at its rollback. A unit that was kept and not confirmed is answered "executed".
 * What the parent cannot keep now is an error, so that SAP tries again.
 * @param keep whether the parent has kept it
 */
export async function serve(
  sdk: typeof NodeRfc,
  { server: serverConnection, client: clientConnection, functions }: Request & { readonly kind: 'serve' },
  keep: (called: Called) => Promise<boolean>,
): Promise<void> {
  const units = new Map<string, Call[]>();
  const kept = new Set<string>();
  const server = new sdk.Server({
    serverConnection,
    clientConnection,
    serverOptions: {
      bgRfcHandlers: {
        check: (_connection, { id }) => {
          if (kept.has(id)) return codes.executed;
          units.set(id, []);
          return codes.ok;
        },
        commit: async (_connection, { id }) => {
          if (!(await keep({ unit: id, calls: units.get(id) ?? [] }))) return codes.failed;
          units.delete(id);
          kept.add(id);
          return codes.ok;
        },
        rollback: (_connection, { id }) => {
          units.delete(id);
          return codes.ok;
        },
        confirm: (_connection, { id }) => {
          kept.delete(id);
          return codes.ok;
        },
        getState: (_connection, { id }) => (kept.has(id) ? states.kept : units.has(id) ? states.open : states.unknown),
      },
    },
  });
  for (const name of functions) {
    await server.addFunction(name, async ({ unitIdentifier }: RequestContext, parameters: Parameters) => {
      const call = { name, parameters };
      if (unitIdentifier !== undefined) {
        units.set(unitIdentifier.id, [...(units.get(unitIdentifier.id) ?? []), call]);
        return {};
      }
      if (!(await keep({ calls: [call] }))) throw new Error('the call cannot be kept now: call again');
      return {};
    });
  }
  await server.start();
}

import { Admin } from './admin';
import { answerBtp } from './btp-site';
import { HttpServer } from './http/http-server';
import { withDefaults, type SapOptions } from './options';
import { Sap } from './sap';

/** A simulator at work. */
export interface RunningSap {
  /** `http://127.0.0.1:port` of S/4HANA; services below `/sap/opu/odata/sap/`. */
  readonly s4Url: string;
  /** `http://127.0.0.1:port` of Cloud for Customer; its service is `/sap/c4c/odata/v1/c4codataapi`. */
  readonly c4cUrl: string;
  /** Takes `grant_type=client_credentials`. Its tokens are good for both systems and Event Mesh. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly basicUser: string;
  readonly basicPassword: string;
  /** How the two kinds of author show up in records and events. */
  readonly users: {
    /** Everybody who writes through OData: `LastChangedByUser`, `ChangedBy`, and `requestedByUser` in V2 events. */
    readonly api: { readonly name: string; readonly id: string };
    /** Who writes through `admin`. */
    readonly person: { readonly name: string; readonly id: string };
  };
  /** Logical system in the `source` of S/4 events. */
  readonly logicalSystem: string;
  readonly eventMesh: {
    /** Base of `/hub/rest/…` and `/messagingrest/…`. */
    readonly managementUrl: string;
    /** AMQP 1.0 over WebSocket; bearer token on the upgrade. Absent where it is not served. */
    readonly amqpUrl?: string;
    /** Begins every topic. */
    readonly namespace: string;
  };
  /** `http://127.0.0.1:port/simulator`. */
  readonly adminUrl: string;
  /** The same as the admin endpoint, without HTTP. */
  readonly admin: Admin;
  /** Resolves when the simulator has stopped, for whatever reason. */
  readonly stopped: Promise<void>;
  /** Ends every connection; nothing survives. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts S/4HANA, Cloud for Customer and Event Mesh on the loopback interface.
 * @throws where a port is taken or an option does not fit.
 */
export const startSap = async (options: SapOptions = {}): Promise<RunningSap> => {
  const sap = new Sap(withDefaults(options));
  let resolveStopped: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    resolveStopped = resolve;
  });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      sap.close();
      await Promise.all(servers.map((server) => server.stop()));
      resolveStopped();
    })();
    return stopping;
  };
  const admin = new Admin(sap, () => void stop());
  const s4 = new HttpServer((request) => sap.s4.site.answer(request));
  const c4c = new HttpServer((request) => sap.c4c.site.answer(request));
  const btp = new HttpServer((request) => answerBtp(sap, admin, request));
  const servers = [s4, c4c, btp];
  const ports = [sap.options.s4Port, sap.options.c4cPort, sap.options.btpPort];
  const listening = servers.map((server, index) => server.listen(ports[index] ?? 0));
  const [s4Url = '', c4cUrl = '', btpUrl = ''] = await Promise.all(listening).catch(async (error: unknown) => {
    await Promise.allSettled(listening);
    await stop();
    throw error;
  });
  sap.webhooks.origin = new URL(btpUrl).host;
  const named = (name: string) => ({ name, id: sap.userId(name) });
  return {
    s4Url,
    c4cUrl,
    tokenUrl: `${btpUrl}/oauth/token`,
    ...sap.access.credentials,
    users: { api: named(sap.access.credentials.basicUser), person: named(sap.options.personUser) },
    logicalSystem: sap.options.logicalSystem,
    eventMesh: { managementUrl: btpUrl, namespace: sap.mesh.namespace },
    adminUrl: `${btpUrl}/simulator`,
    admin,
    stopped,
    stop,
  };
};

import { stopOnce } from '../kit/stopping';
import { Admin } from './admin';
import { BtpSite } from './btp-site';
import { HttpServer } from './http/http-server';
import { tokenKeys } from './http/token-keys';
import { AmqpServer } from './mesh/amqp';
import { MeshRest } from './mesh/management';
import { withDefaults, type SapOptions } from './options';
import { Sap } from './sap';

/** A simulator at work. */
export interface RunningSap {
  /** `http://127.0.0.1:port` of S/4HANA; services below `/sap/opu/odata/sap/`. */
  readonly s4Url: string;
  /** `http://127.0.0.1:port` of Cloud for Customer; its service is `/sap/c4c/odata/v1/c4codataapi`. */
  readonly c4cUrl: string;
  /** `http://127.0.0.1:port` of Sales and Service Cloud V2; its services are below `/sap/c4c/api/v1/`. */
  readonly v2Url: string;
  /** Takes `grant_type=client_credentials`. Its tokens are good for all systems and Event Mesh. */
  readonly tokenUrl: string;
  /** JSON Web Key Set that verifies the tokens, which are RS256 JWTs. */
  readonly tokenKeysUrl: string;
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
    /** AMQP 1.0 over WebSocket; bearer token on the upgrade. */
    readonly amqpUrl: string;
    /** Begins every topic. */
    readonly namespace: string;
    /** Whose tokens a webhook is called with that is registered with `oauth2` and these. */
    readonly webhookClient: { readonly clientId: string; readonly clientSecret: string };
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
 * Starts S/4HANA, Cloud for Customer, Sales and Service Cloud V2 and Event Mesh on the loopback interface.
 * @throws where a port is taken or an option does not fit.
 */
export const startSap = async (options: SapOptions = {}): Promise<RunningSap> => {
  const sap = new Sap(withDefaults(options), await tokenKeys());
  const { stop, stopped } = stopOnce(async () => {
    amqp.close();
    sap.close();
    await Promise.all(servers.map((server) => server.stop()));
  });
  const admin = new Admin(sap, () => void stop());
  const s4 = new HttpServer((request) => sap.s4.site.answer(request));
  const c4c = new HttpServer((request) => sap.c4c.site.answer(request));
  const v2 = new HttpServer((request) => sap.v2.site.answer(request));
  const btpSite = new BtpSite(sap, admin, new MeshRest(sap.mesh, sap.webhooks));
  const amqp = new AmqpServer(sap.mesh, (authorization) => sap.access.check(authorization) === 'bearer');
  sap.dropLinks = () => {
    amqp.dropLinks();
  };
  const btp = new HttpServer((request) => btpSite.answer(request));
  const servers = [s4, c4c, v2, btp];
  const ports = [sap.options.s4Port, sap.options.c4cPort, sap.options.v2Port, sap.options.btpPort];
  const listening = servers.map((server, index) => server.listen(ports[index] ?? 0));
  const [s4Url = '', c4cUrl = '', v2Url = '', btpUrl = ''] = await Promise.all(listening).catch(
    async (error: unknown) => {
      await Promise.allSettled(listening);
      await stop();
      throw error;
    },
  );
  sap.webhooks.origin = new URL(btpUrl).host;
  sap.access.issuer = btpUrl;
  const named = (name: string) => ({ name, id: sap.userId(name) });
  return {
    s4Url,
    c4cUrl,
    v2Url,
    tokenUrl: `${btpUrl}/oauth/token`,
    tokenKeysUrl: `${btpUrl}/token_keys`,
    ...sap.access.credentials,
    users: { api: named(sap.access.credentials.basicUser), person: named(sap.options.personUser) },
    logicalSystem: sap.options.logicalSystem,
    eventMesh: {
      managementUrl: btpUrl,
      amqpUrl: amqp.serve(btp.server, btpUrl),
      namespace: sap.mesh.namespace,
      webhookClient: sap.access.webhookClient,
    },
    adminUrl: `${btpUrl}/simulator`,
    admin,
    stopped,
    stop,
  };
};

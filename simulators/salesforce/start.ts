import { stopOnce } from '../kit/stopping';
import { createPublicKey, generateKeyPair, randomBytes, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Admin } from './admin';
import { HttpServer } from './http-server';
import type { AppOptions, SalesforceOptions } from './options';
import type { ConnectedApp } from './rest/oauth';
import { Salesforce } from './salesforce';
import { createServerIdentity } from '../kit/tls/certificate';

/** What a client of one connected app needs to log in. */
interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  readonly userId: string;
  /** Signs JWT assertions (PKCS #8); absent where the caller registered its own public key. */
  readonly privateKeyPem?: string;
}

/** A simulator at work. */
export interface RunningSalesforce {
  /** `http://127.0.0.1:port`: OAuth, REST and the Streaming API (`/cometd/<version>`); also the instance URL of every token. */
  readonly baseUrl: string;
  /** `localhost:port` of the Pub/Sub API. */
  readonly grpcAddress: string;
  /** Trust anchor for the gRPC address. */
  readonly caCertPem: string;
  /** 18 characters; the `tenantid` of every call. */
  readonly orgId: string;
  /** Credentials by app name; `integration` and `sales` where the options name none. */
  readonly clients: Readonly<Record<string, Credentials>>;
  /** `http://127.0.0.1:port/simulator`. */
  readonly adminUrl: string;
  /** The same as the admin endpoint, without HTTP. */
  readonly admin: Admin;
  /** Resolves when the simulator has stopped, for whatever reason. */
  readonly stopped: Promise<void>;
  /** Ends every stream and connection; nothing survives. */
  readonly stop: () => Promise<void>;
}

const makeKeyPair = promisify(generateKeyPair);

const defaultApps: Readonly<Record<string, AppOptions>> = {
  integration: { username: 'integration@signalbox.example' },
  sales: { username: 'sales@signalbox.example' },
};

/** One key pair per process serves every app that brings none: making one takes up to a second. */
let ownKeys: Promise<{ publicKey: KeyObject; privateKeyPem: string }> | undefined;

const makeKeys = async (): Promise<{ publicKey: KeyObject; privateKeyPem: string }> => {
  const { publicKey, privateKey } = await makeKeyPair('rsa', { modulusLength: 2048 });
  return { publicKey, privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
};

const keysOf = async (options: AppOptions): Promise<{ publicKey: KeyObject; privateKeyPem?: string }> => {
  if (options.publicKeyPem !== undefined) return { publicKey: createPublicKey(options.publicKeyPem) };
  ownKeys ??= makeKeys();
  return ownKeys;
};

const register = async (
  salesforce: Salesforce,
  name: string,
  options: AppOptions,
): Promise<{ app: ConnectedApp; credentials: Credentials }> => {
  const { publicKey, privateKeyPem } = await keysOf(options);
  const username = options.username ?? `${name}@signalbox.example`;
  const identity = {
    clientId: options.clientId ?? `3MVG9${randomBytes(30).toString('base64url')}`,
    clientSecret: options.clientSecret ?? randomBytes(32).toString('hex').toUpperCase(),
    username,
    userId: salesforce.user(username, name),
  };
  return {
    app: { ...identity, publicKey },
    credentials: privateKeyPem === undefined ? identity : { ...identity, privateKeyPem },
  };
};

/**
 * Starts a Salesforce org on the loopback interface.
 * @throws where a port is taken or an option does not fit.
 */
export const startSalesforce = async (options: SalesforceOptions = {}): Promise<RunningSalesforce> => {
  const salesforce = new Salesforce(options);
  salesforce.org.defaultOwner = salesforce.user('admin@signalbox.example', 'Admin');
  const registered = await Promise.all(
    Object.entries(options.apps ?? defaultApps).map(async ([name, app]) => ({
      name,
      ...(await register(salesforce, name, app)),
    })),
  );
  const { stop, stopped } = stopOnce(() => {
    salesforce.cometd.stop();
    return Promise.all([salesforce.pubsub.stop(), salesforce.outbound.stop(), http.stop()]);
  });
  const admin = new Admin(salesforce, () => void stop());
  const apps = registered.map(({ app }) => app);
  let baseUrl = '';
  const oauth = () => ({ sessions: salesforce.sessions, apps, orgId: salesforce.orgId, baseUrl });
  const http = new HttpServer(salesforce, oauth, admin);
  baseUrl = await http.listen(options.port ?? 0);
  const identity = createServerIdentity();
  const grpcAddress = await salesforce.pubsub.listen(options.grpcPort ?? 0, identity).catch(async (error: unknown) => {
    await http.stop();
    throw error;
  });
  return {
    baseUrl,
    grpcAddress,
    caCertPem: identity.caCertPem,
    orgId: salesforce.orgId,
    clients: Object.fromEntries(registered.map(({ name, credentials }) => [name, credentials])),
    adminUrl: `${baseUrl}/simulator`,
    admin,
    stopped,
    stop,
  };
};

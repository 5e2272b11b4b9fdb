import { randomBytes, randomUUID } from 'node:crypto';
import { stopOnce } from '../kit/stopping';
import { adminOf, type GraphAdmin } from './admin';
import { Graph } from './graph';
import { HttpServer } from './http-server';
import type { GraphOptions } from './options';

/** A running simulator. */
export interface RunningGraph {
  /** In the place of `https://graph.microsoft.com`, and of Entra ID's host. */
  readonly baseUrl: string;
  readonly tokenUrl: string;
  readonly directoryId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly adminUrl: string;
  readonly admin: GraphAdmin;
  /** Resolves when the simulator has stopped. */
  readonly stopped: Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts a directory of Microsoft 365 on the loopback interface. @throws where the port is taken */
export const startGraph = async (options: GraphOptions = {}): Promise<RunningGraph> => {
  const clientId = options.clientId ?? randomUUID();
  const clientSecret = options.clientSecret ?? randomBytes(30).toString('base64url');
  const graph = new Graph(options);
  const { stop, stopped } = stopOnce(() => Promise.all([graph.delivery.stop(), http.stop()]));
  const admin = adminOf(graph, () => void stop());
  const http = new HttpServer(graph, { clientId, clientSecret }, admin);
  graph.baseUrl = await http.listen(options.port ?? 0);
  const { baseUrl, directoryId } = graph;
  return {
    baseUrl,
    tokenUrl: `${baseUrl}/${directoryId}/oauth2/v2.0/token`,
    directoryId,
    clientId,
    clientSecret,
    adminUrl: `${baseUrl}/simulator`,
    admin,
    stopped,
    stop,
  };
};

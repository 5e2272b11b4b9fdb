import { stopOnce } from '../kit/stopping';
import { randomBytes, randomUUID } from 'node:crypto';
import { Admin } from './admin';
import type { RunningDynamics365 } from './api';
import { Dynamics365 } from './dynamics';
import { HttpServer } from './http-server';
import type { Dynamics365Options } from './options';

/**
 * Starts a Dataverse organisation on the loopback interface.
 * @throws where the port is taken or an option does not fit.
 */
export const startDynamics365 = async (options: Dynamics365Options = {}): Promise<RunningDynamics365> => {
  const clientId = options.clientId ?? randomUUID();
  const clientSecret = options.clientSecret ?? randomBytes(30).toString('base64url');
  const dynamics = new Dynamics365(options, clientId);
  const { stop, stopped } = stopOnce(() => Promise.all([dynamics.webhooks.stop(), http.stop()]));
  const admin = new Admin(dynamics, () => void stop());
  const http = new HttpServer(dynamics, { clientId, clientSecret }, admin);
  const baseUrl = await http.listen(options.port ?? 0);
  dynamics.baseUrl = baseUrl;
  const { directoryId, organizationId, applicationUserId } = dynamics;
  return {
    baseUrl,
    tokenUrl: `${baseUrl}/${directoryId}/oauth2/v2.0/token`,
    directoryId,
    clientId,
    clientSecret,
    scope: `${baseUrl}/.default`,
    organizationId,
    applicationUserId,
    adminUrl: `${baseUrl}/simulator`,
    admin,
    stopped,
    stop,
  };
};

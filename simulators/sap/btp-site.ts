import type { Admin } from './admin';
import { answerAdmin } from './admin-http';
import { json, type HttpAnswer, type HttpRequest } from './http/message';
import type { Sap } from './sap';

/** Answers the platform's host: token endpoint, Event Mesh and the admin endpoint. */
export const answerBtp = async (sap: Sap, admin: Admin, request: HttpRequest): Promise<HttpAnswer> => {
  const { pathname } = request.url;
  if (pathname.startsWith('/simulator/')) return answerAdmin(admin, request);
  if (pathname === '/oauth/token' && request.method === 'POST') return sap.access.issue(request);
  return json(404, { error: 'not_found', error_description: `There is nothing at ${pathname}` });
};

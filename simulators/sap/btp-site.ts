import type { Admin } from './admin';
import { answerAdmin } from './admin-http';
import { headerOf, json, type HttpAnswer, type HttpRequest } from './http/message';
import type { MeshRest } from './mesh/management';
import type { Sap } from './sap';

/** The platform's host: token endpoint, Event Mesh and the admin endpoint. */
export class BtpSite {
  constructor(
    private readonly sap: Sap,
    private readonly admin: Admin,
    private readonly mesh: MeshRest,
  ) {}

  /** Answers a request to the host. */
  answer(request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
    const { access } = this.sap;
    const { pathname } = request.url;
    if (pathname.startsWith('/simulator/')) return answerAdmin(this.admin, request);
    if (pathname === '/oauth/token' && request.method === 'POST') return access.issue(request);
    if (pathname === '/token_keys') return access.tokenKeys();
    if (!/^\/(hub\/rest|messagingrest)\//.test(pathname)) {
      return json(404, { error: 'not_found', error_description: `There is nothing at ${pathname}` });
    }
    // Event Mesh knows tokens only.
    if (access.check(headerOf(request.headers, 'authorization')) !== 'bearer') {
      return json(401, { error: 'unauthorized', error_description: 'An access token is needed' });
    }
    return this.mesh.answer(request);
  }
}

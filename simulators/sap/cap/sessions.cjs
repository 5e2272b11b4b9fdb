// What stands in front of SAP's services and not of CAP's: sessions with a token against cross-site request forgery.
const { randomBytes } = require('node:crypto');

const cookieOf = (request, name) =>
  (request.headers.cookie ?? '')
    .split(/;\s*/)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/** Sessions of a server, and what was asked in them. */
class Sessions {
  #tokens = new Map();
  /** `METHOD path` of every request to the services, and `fetch` for one that began a session. */
  requests = [];

  drop() {
    this.#tokens.clear();
  }

  /** Express middleware for the services: gives tokens to who fetches one, refuses writes without that of their own session. */
  guard() {
    return (request, response, next) => {
      this.requests.push(`${request.method} ${request.originalUrl.split('?')[0]}`);
      const id = cookieOf(request, 'SAP_SESSIONID');
      const token = id === undefined ? undefined : this.#tokens.get(id);
      const given = request.headers['x-csrf-token'];
      if (request.method === 'GET' || request.method === 'HEAD') {
        if (given?.toLowerCase() === 'fetch') response.set('x-csrf-token', token ?? this.#begin(response));
        next();
      } else if (token !== undefined && given === token) next();
      else response.status(403).set('x-csrf-token', 'Required').type('text').send('CSRF token validation failed');
    };
  }

  #begin(response) {
    const [id, token] = [randomBytes(16).toString('hex'), randomBytes(16).toString('base64')];
    this.#tokens.set(id, token);
    this.requests.push('fetch');
    response.append('set-cookie', `SAP_SESSIONID=${id}; path=/; HttpOnly`);
    response.append('set-cookie', 'sap-usercontext=sap-client=100; path=/');
    return token;
  }
}

module.exports = { Sessions };

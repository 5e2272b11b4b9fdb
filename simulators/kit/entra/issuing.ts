import { randomUUID } from 'node:crypto';
import type { Tokens } from './tokens';

/** What the token endpoint works on. */
export interface EntraContext {
  readonly tokens: Tokens;
  readonly directoryId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** URLs a token may be asked for. */
  readonly audiences: readonly string[];
}

/** A token answer or an error of Entra ID with its HTTP status. */
export interface EntraAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Entra ID's own numbers for what went wrong. */
const refuse = (status: number, error: string, code: number, text: string): EntraAnswer => {
  const [traceId, correlationId] = [randomUUID(), randomUUID()];
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${text} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
  };
};

const missing = (name: string): EntraAnswer =>
  refuse(400, 'invalid_request', 900144, `The request body must contain the following parameter: '${name}'.`);

const credentials = (form: URLSearchParams, authorization: string): readonly [string | null, string | null] => {
  if (!authorization.startsWith('Basic ')) return [form.get('client_id'), form.get('client_secret')];
  const [id = '', secret = ''] = Buffer.from(authorization.slice(6), 'base64').toString('utf8').split(':');
  return [decodeURIComponent(id), decodeURIComponent(secret)];
};

const checkClient = (context: EntraContext, id: string | null, secret: string | null): EntraAnswer | undefined => {
  if (id === null) return missing('client_id');
  if (id !== context.clientId) {
    const text = `Application with identifier '${id}' was not found in the directory '${context.directoryId}'.`;
    return refuse(400, 'unauthorized_client', 700016, text);
  }
  if (secret === null) {
    const text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
    return refuse(401, 'invalid_client', 7000218, text);
  }
  if (secret === context.clientSecret) return undefined;
  const text = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${id}'.`;
  return refuse(401, 'invalid_client', 7000215, text);
};

/** Answers `POST /<directory>/oauth2/v2.0/token`. */
export const issueToken = (
  context: EntraContext,
  directory: string,
  form: URLSearchParams,
  authorization: string,
): EntraAnswer => {
  if (directory !== context.directoryId) {
    return refuse(400, 'invalid_request', 90002, `Tenant '${directory}' not found.`);
  }
  const grantType = form.get('grant_type');
  if (grantType === null) return missing('grant_type');
  if (grantType !== 'client_credentials') {
    return refuse(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grantType}'.`);
  }
  const refused = checkClient(context, ...credentials(form, authorization));
  if (refused !== undefined) return refused;
  const scope = form.get('scope');
  if (scope === null) return missing('scope');
  const audience = context.audiences.find((url) => scope === `${url}/.default`);
  if (audience === undefined) {
    const text = `The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`;
    return refuse(400, 'invalid_scope', 70011, text);
  }
  const { token, expiresIn } = context.tokens.issue(audience, context.clientId);
  return {
    status: 200,
    body: { token_type: 'Bearer', expires_in: expiresIn, ext_expires_in: expiresIn, access_token: token },
  };
};

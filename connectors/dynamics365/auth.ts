import { type EntraAuth, EntraAuthenticator } from '../kit/entra';

export interface AuthenticatorOptions {
  readonly auth: EntraAuth;
  /** The directory's token endpoint. */
  readonly loginUrl: string;
  /** The environment's URL: the audience of the token. */
  readonly baseUrl: string;
  readonly now: () => number;
}

/** The session of a connection to Dataverse. */
export class Authenticator extends EntraAuthenticator {
  constructor({ auth, loginUrl, baseUrl, now }: AuthenticatorOptions) {
    super({
      auth,
      tokenUrl: loginUrl,
      audience: baseUrl,
      now,
      codes: { answer: 'SBX_DYNAMICS365_LOGIN_ANSWER', unreachable: 'SBX_DYNAMICS365_UNREACHABLE' },
      audienceFix: 'baseUrl must be the URL of an environment of that directory',
    });
  }
}

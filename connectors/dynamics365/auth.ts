import { type EntraAuth, EntraAuthenticator } from '../kit/entra';

export interface AuthenticatorOptions {
  readonly auth: EntraAuth;
  /** The directory's token endpoint. */
  readonly loginUrl: string;
  /** What the token is for: the environment's URL. */
  readonly audience: string;
  /** What a person does where the directory does not know the audience. */
  readonly audienceFix?: string;
  readonly now: () => number;
}

/** The session of a connection to Dataverse, or to what else of Azure the same app registration may enter. */
export class Authenticator extends EntraAuthenticator {
  constructor({ auth, loginUrl, audience, audienceFix, now }: AuthenticatorOptions) {
    super({
      auth,
      tokenUrl: loginUrl,
      audience,
      now,
      codes: { answer: 'SBX_DYNAMICS365_LOGIN_ANSWER', unreachable: 'SBX_DYNAMICS365_UNREACHABLE' },
      audienceFix: audienceFix ?? 'baseUrl must be the URL of an environment of that directory',
    });
  }
}

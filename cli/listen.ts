import { authority, listenAddress, type ListenAddress } from '../services/listen-address';
import { CliError } from './terminal';

/** The address that an option gives. Throws CliError where it is none; `usual` is the example it then shows. */
export const addressOf = (option: string, text: string, usual: ListenAddress): ListenAddress => {
  const address = listenAddress(text);
  if (address !== undefined) return address;
  throw new CliError(`"${text}" is no address`, option, `give HOST:PORT, for example ${authority(usual)} or [::1]:0`);
};

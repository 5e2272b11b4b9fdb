import { Option, type Command } from 'commander';
import { authority, type ListenAddress } from '../../services/listen-address';
import { onExit } from '../../services/provision/on-exit';
import { openCodecServer } from '../../services/temporal/codec-server';
import { Encryption } from '../../services/temporal/encryption';
import { payloadKeysAt } from '../../services/temporal/payload-keys';
import { addressOf } from '../listen';
import { CliError, jsonLine } from '../terminal';
import { untilEnded } from '../until-ended';

const usual: ListenAddress = { host: '127.0.0.1', port: 8731 };
const loopback = /^(127\.|localhost$|::1$)/;

interface CodecOptions {
  readonly listen: string;
  readonly origin: readonly string[];
  readonly keys?: string;
  readonly token?: string;
  readonly json?: true;
}

/** `signalbox codec`: decrypts payloads for Temporal's web page until it is told to stop. */
export function codecCommand(program: Command): void {
  program
    .command('codec')
    .description("Decrypt payloads for Temporal's web page and command line (a codec server), until Ctrl-C.")
    .option('--listen <HOST:PORT>', 'where it is asked; port 0 for a free one', authority(usual))
    .option('--origin <URL...>', "origins of web pages that may ask, as Temporal's", ['http://127.0.0.1:8080'])
    .addOption(new Option('--keys <FILE>', 'the file of keys').env('SIGNALBOX_PAYLOAD_KEYS'))
    .addOption(new Option('--token <TOKEN>', 'asked for as Authorization: Bearer').env('SIGNALBOX_CODEC_TOKEN'))
    .option('--json', 'one line of JSON when it listens: {url}')
    .addHelpText(
      'after',
      '\nExample:\n  $ SIGNALBOX_PAYLOAD_KEYS=keys signalbox codec --origin http://127.0.0.1:8080\n',
    )
    .action(async (options: CodecOptions) => {
      await codec(options);
    });
}

async function codec({ keys, token, origin, json, ...options }: CodecOptions): Promise<void> {
  const listen = addressOf('--listen', options.listen, usual);
  if (keys === undefined) {
    throw new CliError('there are no keys', '--keys', 'name their file with --keys or in SIGNALBOX_PAYLOAD_KEYS');
  }
  if (token === undefined && !loopback.test(listen.host)) {
    throw new CliError(
      'other machines could have everything decrypted',
      '--listen',
      'listen on 127.0.0.1, or set SIGNALBOX_CODEC_TOKEN',
    );
  }
  const server = await openCodecServer({ codec: new Encryption(payloadKeysAt(keys)), listen, origins: origin, token });
  onExit(() => server.stop());
  process.stdout.write(
    json === true ? jsonLine({ url: server.url }) : `codec endpoint ${server.url}; Ctrl-C ends it\n`,
  );
  await untilEnded();
}

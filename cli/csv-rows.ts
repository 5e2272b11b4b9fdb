import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { CliError } from './terminal';

/** Rows as they come, to a file or nowhere. */
export class CsvRows {
  private readonly csv = stringify({ header: true });
  private readonly written: Promise<void> | undefined;

  constructor(private readonly file: string | undefined) {
    if (file !== undefined) this.written = finished(this.csv.pipe(createWriteStream(file)));
    // Told by `end`; until then a path that cannot be written must not end the process.
    this.written?.catch(() => undefined);
  }

  async add(row: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.written === undefined || this.csv.write(row)) return;
    await Promise.race([once(this.csv, 'drain'), this.written]);
  }

  /** Throws where the file could not be written. */
  async end(): Promise<void> {
    this.csv.end();
    await this.written?.catch((error: unknown) => {
      const what = (error as NodeJS.ErrnoException).code ?? String(error);
      throw new CliError(
        `the file cannot be written: ${what}`,
        this.file ?? '',
        'give a path that this user may write',
        2,
        {
          cause: error,
        },
      );
    });
  }
}

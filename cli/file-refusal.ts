import { CsvInputError } from '../models/score-csv';
import { CliError } from './terminal';

/** Whether a path could not be used. Reading a folder fails without its path. */
export const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  typeof error === 'object' && error !== null && 'code' in error && ('path' in error || error.code === 'EISDIR');

/**
 * What to throw in place of an error about a file of rows: its contents are refused with the fix, a path that cannot be used
 * by its name; anything else stays as it is.
 */
export const fileRefusal = (error: unknown, input: string, fix: string): unknown => {
  if (error instanceof CsvInputError) return new CliError(error.message, input, fix, 2, { cause: error });
  if (!isFileError(error)) return error;
  return new CliError(
    `the file cannot be used: ${error.code ?? error.message}`,
    error.path ?? input,
    'give a path that this user may use',
  );
};

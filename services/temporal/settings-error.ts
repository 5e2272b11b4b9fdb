/** A setting of the process that cannot be used: what is wrong, which variable, and how it is put right. */
export class SettingsError extends Error {
  /** Of a command that it ends. */
  readonly code = 2;

  constructor(
    message: string,
    /** The environment variable, or a place in the file that it names. */
    readonly where: string,
    readonly fix: string,
  ) {
    super(message);
    this.name = 'SettingsError';
  }
}

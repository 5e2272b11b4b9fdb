/** A refused request: becomes `{"error":{"code","message"}}` with the HTTP status. */
export class Refusal extends Error {
  /**
   * @param status HTTP status.
   * @param code Dataverse's own, for example `0x80040217`; often empty where OData itself refuses.
   */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  get body(): { readonly error: { readonly code: string; readonly message: string } } {
    return { error: { code: this.code, message: this.message } };
  }
}

/** A row that is not there, named as the service names it. */
export const noSuchRow = (table: string, id: string): Refusal =>
  new Refusal(404, '0x80040217', `Entity '${table}' With Id = ${id} Does Not Exist`);

/** A row that is there, and not for this user to read. */
export const noAccess = (id: string): Refusal =>
  new Refusal(
    403,
    '0x80040220',
    `SecLib::AccessCheckEx failed. Returned hr = -2147187962, ObjectID: ${id}, AccessRights: ReadAccess`,
  );

/** An argument the platform does not take. */
export const invalidArgument = (message: string): Refusal => new Refusal(400, '0x80040203', message);

/** A body that OData cannot read for this entity set. */
export const badPayload = (set: string, detail: string): Refusal =>
  new Refusal(
    400,
    '0x80048d19',
    `Error identified in Payload provided by the user for Entity :'${set}'  ---->  InnerException : Microsoft.OData.ODataException: ${detail}`,
  );

/** The version that `If-Match` names is not the row's. */
export const versionMismatch = (): Refusal =>
  new Refusal(412, '', "The version of the existing record doesn't match the RowVersion property provided.");

/** The row that `If-None-Match: *` forbids is there. */
export const alreadyThere = (): Refusal => new Refusal(412, '', 'A record with matching key values already exists.');

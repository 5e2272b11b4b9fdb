/** `engagement/<tenant>/<connection>/<entity>/<crm id>/<use case>`: the engagement's id and its workflow's. */
export function engagementId(tenant: string, connection: string, subject: string, usecase: string): string {
  return `engagement/${tenant}/${connection}/${subject}/${usecase}`;
}

/** Names an open engagement within one tenant's lane. */
export function engagementKey(subject: string, usecase: string): string {
  return `${subject} ${usecase}`;
}

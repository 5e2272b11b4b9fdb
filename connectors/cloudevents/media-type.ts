/** `type/subtype` in lower case, without parameters; empty for none. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1).join('').trim().toLowerCase();
}

/** Whether data of this content type is JSON; what has no type is, in a structured event. */
export function isJson(contentType: string | undefined): boolean {
  return contentType === undefined || /[/+]json$/.test(mediaType(contentType));
}

/** Whether data of this content type is text in UTF-8. */
export function isText(contentType: string | undefined): boolean {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  return ['utf-8', 'utf8', 'us-ascii'].includes(charset) && /^text\/|[/+]xml$/.test(mediaType(contentType));
}

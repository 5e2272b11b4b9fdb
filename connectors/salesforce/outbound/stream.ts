/** The stream of the outbound messages about an object: `/outbound/Lead`. */
export function outboundStream(nativeType: string): string {
  return `/outbound/${nativeType}`;
}

/** The object that such a stream is about; undefined for any other stream. */
export function outboundObject(stream: string): string | undefined {
  return /^\/outbound\/(\w+)$/.exec(stream)?.[1];
}

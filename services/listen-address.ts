/** Where the door for CRMs that push is opened. */
export interface ListenAddress {
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
}

/** This machine only: what is to be reached from outside goes through a proxy that speaks TLS. */
export const defaultListen: ListenAddress = { host: '127.0.0.1', port: 8730 };

/** `host:port`, an IPv6 address in brackets; undefined where it is something else. */
export function listenAddress(text: string): ListenAddress | undefined {
  const [, bracketed, plain, digits = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

/** As part of a URL. */
export function authority({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

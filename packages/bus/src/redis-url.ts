// URLs of Redis servers that share a login. It must not know what the servers are to each other.

export interface Address {
  host: string;
  port: number;
}

/** The server at another address, with user, password, TLS and options as given; a Cluster has one database only. */
export function urlAt(url: string, { host, port }: Address): string {
  const other = new URL(url);
  other.hostname = host.includes(":") ? `[${host}]` : host;
  other.port = String(port);
  other.pathname = "";
  return other.href;
}

export function addressOf(url: string): Address {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, "") || "localhost", port: Number(port || 6379) };
}

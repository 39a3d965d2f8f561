// The ways between the processes of a stack: straight, or each over a proxy that can make it long or cut it.
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

interface Link {
  /** Where to ask instead. */
  url: string;
  proxy: TcpProxy | undefined;
}

export interface Links {
  /** The proxies of all. */
  proxies: TcpProxy[];
  lay(url: string): Promise<Link>;
}

export function createLinks(isProxied: boolean): Links {
  const proxies: TcpProxy[] = [];
  return {
    proxies,
    async lay(url) {
      if (!isProxied) return { url, proxy: undefined };
      const moved = new URL(url);
      const port = Number(moved.port);
      const proxy = await startTcpProxy(() => [port]);
      proxies.push(proxy);
      moved.port = String(proxy.port);
      return { url: moved.href.replace(/\/$/, ""), proxy };
    },
  };
}

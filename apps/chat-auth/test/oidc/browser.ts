// A person's browser, as far as it walks between chat-auth and a provider.
import type { Response } from "supertest";
import type { Agent } from "../fixture.ts";
import { publicUrl } from "./provider.ts";

/** Keeps cookies by origin and follows redirects one by one, as a person's browser would. */
export function createBrowser(agent: Agent) {
  const jars = new Map<string, Map<string, string>>();

  function jarOf({ origin }: URL): Map<string, string> {
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    return jar;
  }

  function keep(url: URL, lines: string[]) {
    for (const line of lines) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") jarOf(url).delete(name);
      else jarOf(url).set(name, value);
    }
  }

  const cookiesFor = (url: URL) => [...jarOf(url)].map(([name, value]) => `${name}=${value}`).join("; ");

  /** One step: where it leads. */
  async function step(url: URL): Promise<URL> {
    const cookie = cookiesFor(url);
    if (url.href.startsWith(publicUrl)) {
      const response = await ask(url);
      return new URL(response.get("Location")!, url);
    }
    const response = await fetch(url, { headers: { cookie }, redirect: "manual" });
    keep(url, response.headers.getSetCookie());
    const location = response.headers.get("location");
    if (location === null) throw new Error(`${url.href} answered ${response.status}: ${await response.text()}`);
    return new URL(location, url);
  }

  /** Of chat-auth's. */
  async function ask(url: URL): Promise<Response> {
    const path = url.href.slice(publicUrl.length);
    const response = await agent.get(path).set("Cookie", cookiesFor(url));
    keep(url, response.get("Set-Cookie") ?? []);
    return response;
  }

  /** Follows redirects until one leads to where `isThere` says. */
  async function walk(from: URL, isThere: (url: URL) => boolean): Promise<URL> {
    let url = from;
    while (!isThere(url)) url = await step(url);
    return url;
  }

  return {
    cookies: jarOf(new URL(publicUrl)),
    ask,
    /** To the provider and back, up to the callback, which is not asked for yet. */
    begin: (name = "idp", returnTo = "/") =>
      walk(
        new URL(`${publicUrl}/oidc/${name}?return=${encodeURIComponent(returnTo)}`),
        ({ href, hash }) => href.startsWith(`${publicUrl}/oidc/${name}/callback`) || hash !== "",
      ),
    /** The page that it ends at. */
    finish: (callback: URL) => walk(callback, ({ href }) => !href.startsWith(publicUrl) || !href.includes("/oidc/")),
  };
}

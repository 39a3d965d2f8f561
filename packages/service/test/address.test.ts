import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addressKey, createAddressReader, readConfig, trustedProxies } from "../src/index.ts";

describe("where a request comes from (B-87)", () => {
  let trusted: string[] = [];
  const server = createServer((incoming, response) => response.end(createAddressReader(trusted)(incoming)));
  beforeAll(async () => {
    await once(server.listen(0, "::"), "listening"); // It calls IPv4 addresses `::ffff:…`, as services in containers do.
  });
  afterAll(() => void server.close());

  /** As seen from here, through the proxies that are trusted. */
  async function addressFor(forwarded: string | string[], ...proxies: string[]): Promise<string> {
    trusted = proxies;
    const { port } = server.address() as AddressInfo;
    const asked = request({ port, host: "127.0.0.1", headers: { "x-forwarded-for": forwarded } }).end();
    const [response] = await once(asked, "response");
    return (await response.toArray()).join("");
  }

  test("whatever is forwarded is ignored, unless a proxy that is trusted says it", async () => {
    expect(await addressFor("203.0.113.7")).toBe("127.0.0.1");
    expect(await addressFor("203.0.113.7", "10.0.0.0/8")).toBe("127.0.0.1");
    expect(await addressFor("203.0.113.7", "loopback")).toBe("203.0.113.7");
  });

  test("what a client says of itself before a trusted proxy counts for nothing", async () => {
    expect(await addressFor("198.51.100.1, 203.0.113.7", "loopback")).toBe("203.0.113.7");
    expect(await addressFor(["198.51.100.1", "203.0.113.7"], "loopback")).toBe("203.0.113.7");
    expect(await addressFor("198.51.100.1, 203.0.113.7, 10.1.1.1", "loopback", "10.0.0.0/8")).toBe("203.0.113.7");
  });

  test.each(["nonsense", "", ",", "203.0.113.7:80", "'; DROP TABLE account;--", "x".repeat(5_000)])(
    "a trusted proxy that says %j is taken for the client",
    async (forwarded) => {
      expect(await addressFor(forwarded, "loopback")).toBe("127.0.0.1");
    },
  );

  test("an IPv4 address is one however it is written, an IPv6 network of 64 bits too", () => {
    expect(addressKey("::ffff:203.0.113.7")).toBe(addressKey("203.0.113.7"));
    expect(addressKey("2001:db8::1")).toBe(addressKey("2001:db8:0:0:ffff::2"));
    expect(addressKey("2001:db8:0:1::1")).not.toBe(addressKey("2001:db8::1"));
  });

  test("nobody is trusted unless it is configured, and nonsense is a fault", () => {
    const read = (TRUSTED_PROXIES: string) => readConfig({ trustedProxies }, { TRUSTED_PROXIES }).trustedProxies;
    expect(read("")).toEqual([]);
    expect(read("10.0.0.0/8, loopback")).toEqual(["10.0.0.0/8", "loopback"]);
    expect(() => read("everybody")).toThrow("TRUSTED_PROXIES");
  });
});

// Which address a request comes from, seen through the proxies that are trusted. It must not know what follows from it.
import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";
import proxyAddr from "proxy-addr";
import { z } from "zod";
import { variable } from "./config.ts";

const expected = "expected addresses or ranges like 10.0.0.0/8, loopback or uniquelocal, separated by commas";
const ranges = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((range) => range.trim())
      .filter((range) => range !== ""),
  )
  .refine(isRanges, expected);

export const trustedProxies = variable(
  "TRUSTED_PROXIES",
  ranges,
  "proxies whose X-Forwarded-For is believed: addresses, ranges, `loopback` or `uniquelocal`, separated by commas",
);
export const exemptAddresses = variable(
  "EXEMPT_ADDRESSES",
  ranges,
  "clients to which no limit per address applies, written as TRUSTED_PROXIES",
);

function isRanges(texts: string[]): boolean {
  try {
    proxyAddr.compile(texts);
    return true;
  } catch {
    return false;
  }
}

/** @param trusted as of TRUSTED_PROXIES; what anybody else forwards is ignored */
export function createAddressReader(trusted: string[]): (request: IncomingMessage) => string {
  const isTrusted = proxyAddr.compile(trusted);
  return (request) => {
    const own = request.socket.remoteAddress ?? "";
    const forwarded = isTrusted(own, 0) ? proxyAddr(request, isTrusted) : own;
    return normalise(ipaddr.isValid(forwarded) ? forwarded : own);
  };
}

/** An IPv4 address as such, also where a socket of both kinds calls it `::ffff:192.0.2.1` (RFC 4291 §2.5.5.2). */
function normalise(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

/** Whether an address is in one of the ranges. */
export function createAddressMatcher(texts: string[]): (address: string) => boolean {
  const matches = proxyAddr.compile(texts);
  return (address) => ipaddr.isValid(address) && matches(address, 0);
}

/**
 * What counts as one address: an IPv4 address however it is written, and of IPv6 the network of 64 bits that one customer
 * is given (RFC 6177 §2).
 */
export function addressKey(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(":");
}

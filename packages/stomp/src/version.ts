// Which version both sides speak. It must not know what the versions change.
import { Fault } from "./fault.ts";

/** The best first. */
const versions = ["1.2", "1.1", "1.0"] as const;

export type Version = (typeof versions)[number];

/**
 * The highest version that the client's `accept-version` lists; none listed means 1.0.
 * @throws Fault PROTOCOL with our versions in the header `version` (STOMP 1.2 §Protocol Negotiation)
 */
export function negotiateVersion(acceptVersion: string | undefined): Version {
  if (acceptVersion === undefined || acceptVersion.trim() === "") return "1.0";
  const accepted = new Set(acceptVersion.split(",").map((version) => version.trim()));
  const common = versions.find((version) => accepted.has(version));
  if (common === undefined) {
    throw new Fault("PROTOCOL", "no common version", { version: versions.toReversed().join(",") });
  }
  return common;
}

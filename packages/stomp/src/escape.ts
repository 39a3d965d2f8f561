// Header escapes of each version, in both directions and in one pass. It must not know lines or frames.
import { Fault } from "./fault.ts";
import type { Version } from "./version.ts";

const meanings11 = new Map([
  ["n", "\n"],
  ["c", ":"],
  ["\\", "\\"],
]);
const meanings12 = new Map([...meanings11, ["r", "\r"]]);

/**
 * A header name or value as its sender meant it. 1.0, CONNECT and CONNECTED know no escapes: pass "1.0" for them.
 * @throws Fault PROTOCOL for any escape that the version does not know (STOMP 1.2 §Value Encoding)
 */
export function unescapeHeader(text: string, version: Version): string {
  if (version === "1.0") return text;
  const meanings = version === "1.2" ? meanings12 : meanings11;
  let result = "";
  let from = 0;
  for (let at = text.indexOf("\\"); at >= 0; at = text.indexOf("\\", from)) {
    const meaning = meanings.get(text.charAt(at + 1));
    if (meaning === undefined) throw new Fault("PROTOCOL", "unknown escape in a header");
    result += text.slice(from, at) + meaning;
    from = at + 2;
  }
  return result + text.slice(from);
}

const escapes11 = new Map([
  ["\n", "\\n"],
  [":", "\\c"],
  ["\\", "\\\\"],
]);
const escapes12 = new Map([...escapes11, ["\r", "\\r"]]);
// The octets that would end a line or a frame early.
const special = { "1.0": /[\n\0]/g, "1.1": /[\n:\\\0]/g, "1.2": /[\r\n:\\\0]/g };

/** A value as it may stand in a header line. What the version cannot say (NUL; in 1.0 a line feed) becomes a blank. */
export function escapeValue(text: string, version: Version): string {
  if (text.search(special[version]) < 0) return text;
  const escapes = version === "1.2" ? escapes12 : escapes11;
  return text.replace(special[version], (octet) => (version === "1.0" ? " " : (escapes.get(octet) ?? " ")));
}

/** A name as it may stand in a header line; in 1.0 a colon becomes a blank, or it would end the name. */
export function escapeName(text: string, version: Version): string {
  return version === "1.0" ? escapeValue(text, version).replaceAll(":", " ") : escapeValue(text, version);
}

// Streams of half-valid STOMP: made of whole frames, then damaged and split. Reproducible by their seed.

/** A small generator of numbers from 0 to below 1 (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const commands = [
  "SEND",
  "SUBSCRIBE",
  "UNSUBSCRIBE",
  "ACK",
  "NACK",
  "BEGIN",
  "COMMIT",
  "ABORT",
  "DISCONNECT",
  "CONNECT",
  "STOMP",
  "MESSAGE",
  "send",
  "",
];
const names = [
  "destination",
  "id",
  "ack",
  "receipt",
  "transaction",
  "content-length",
  "content-type",
  "message-id",
  "subscription",
  "__proto__",
  "constructor",
  "x\\c",
  "안녕",
  "",
];
const values = [
  "/topic/a",
  "/queue/b",
  "1",
  "2",
  "client",
  "client-individual",
  "auto",
  "t1",
  "5",
  "99999999",
  "-1",
  "\\n",
  "\\q",
  "a:b",
  "",
  "🙂",
  "x".repeat(5_000),
];
const bodies = ["", "hello", "\u{1f642}".repeat(50), "{}", "y".repeat(3_000)];

/** Chunks to be sent one after the other. Most streams begin with a good CONNECT, so that they get further. */
export function makeStream(random: () => number): Buffer[] {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const frames = Array.from({ length: 1 + Math.floor(random() * 20) }, () => {
    const headers = Array.from(
      { length: Math.floor(random() * 6) },
      () => `${pick(names)}:${pick(values)}${pick(["\n", "\n", "\r\n"])}`,
    );
    const usual = random() < 0.6 ? `destination:${pick(["/topic/a", "/queue/b"])}\nid:${pick(["1", "2", "3"])}\n` : "";
    return `${random() < 0.7 ? pick(commands.slice(0, 8)) : pick(commands)}\n${usual}${headers.join("")}\n${pick(bodies)}\0${pick(["", "\n", "\r\n\n"])}`;
  });
  const connect = "CONNECT\naccept-version:1.0,1.1,1.2\nhost:x\nlogin:lab\npasscode:lab\n\n\0";
  const octets = Buffer.from((random() < 0.85 ? connect : "") + frames.join(""));
  for (let damage = random() < 0.5 ? Math.floor(random() * 4) : 0; damage > 0; damage--) {
    octets[Math.floor(random() * octets.length)] = Math.floor(random() * 256);
  }
  return split(octets, random);
}

function split(octets: Buffer, random: () => number): Buffer[] {
  const chunks: Buffer[] = [];
  const bytesMax = random() < 0.3 ? 3 : 2_000;
  for (let at = 0; at < octets.length && chunks.length < 2_000;) {
    const end = at + 1 + Math.floor(random() * bytesMax);
    chunks.push(octets.subarray(at, end));
    at = end;
  }
  return chunks;
}

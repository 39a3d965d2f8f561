// Who writes how much where, in the tables and in what is added to them. It knows neither SQL nor the services.
import { createHash, randomUUID } from "node:crypto";
import type { ChatMessagePubSub } from "@parley/contracts";

/** Every tenth message is the big room's. */
export const bigRoom = { number: 0, every: 10 };
/** Every ninetieth is of a room whose messages were nearly all deleted, one after the other: 100,000 of 10,000,000. */
export const sweptRoom = { number: 1, every: 90, remainder: 7, firstShare: 0.05, lastShare: 0.95 };
/** All others are spread over these, the first of them the busiest. */
export const otherRooms = { first: 2, count: 9_000, skew: 3 };

export const accounts = 50_000;
/** Who writes in a room. */
export const membersOf = { bigRoom: 5_000, other: 20 };

/** Of ten thousand messages of ordinary rooms. */
export const perTenThousand = { deleted: 100, edited: 300 };

/** Contents are pieces of this. */
export const text =
  "The ferry leaves at nine, so whoever wants to come along should be at the pier a little earlier; bring something " +
  "warm, it is windy out there. 내일 비가 온다고 하니 우산을 챙기세요. Has anybody seen the list we made last week? I " +
  "thought it was in the shared folder, but there I only find the one of March. 明日の会議は十時からです。Never mind, " +
  "found it: it had been renamed. By the way, the new release is out, and it starts twice as fast as the old one did; " +
  "thanks to everyone who tried it and told us what was missing. See you tomorrow, and do not forget the tickets!";
/** Code points of a content. */
export const contentLength = { min: 20, max: 180 };

export const roomId = (number: number): string => uuidOf(`room ${number}`);
const accountId = (number: number): string => uuidOf(`account ${number}`);
const accountName = (number: number): string => `Person ${number}`;

function uuidOf(name: string): string {
  const hex = createHash("md5").update(name).digest("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The number of a room, as often as the tables have it. The swept room gets nothing more. */
function drawRoom(): number {
  if (Math.random() * bigRoom.every < 1) return bigRoom.number;
  return otherRooms.first + Math.floor(otherRooms.count * Math.random() ** otherRooms.skew);
}

/** A new message as a gateway puts it into the log. */
export function drawMessage(): ChatMessagePubSub {
  const account = Math.floor(Math.random() * accounts);
  const length = contentLength.min + Math.floor(Math.random() * (contentLength.max - contentLength.min));
  const start = Math.floor(Math.random() * (text.length - length));
  return {
    roomId: roomIds[drawRoom()]!,
    tempId: randomUUID(),
    sender: accountId(account),
    senderName: accountName(account),
    content: text.slice(start, start + length),
    via: `big-table.${viaCount++}`,
  };
}

let viaCount = 0;
const roomIds = Array.from({ length: otherRooms.first + otherRooms.count }, (_, number) => roomId(number));

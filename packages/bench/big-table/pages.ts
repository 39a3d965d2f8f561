// The pages of the big room that are asked for, and whether what comes is right. It must not know how fast they come.
import { HistoryPage, type StoredMessage } from "@parley/contracts";
import type { Answer } from "./http-client.ts";
import { bigRoom, roomId } from "./population.ts";

export const pageKinds = ["newest", "before", "after", "changedAfter"] as const;
export type PageKind = (typeof pageKinds)[number];

export interface PageAsked {
  kind: PageKind;
  path: string;
  cursor: number;
}

/** Of the big room, when the measuring began: cursors are random, and a whole page lies on both sides of each. */
export interface Positions {
  seq: number;
  changeSeq: number;
}

const limit = 50;
const margin = 1_000;

export function drawPage(kind: PageKind, { seq, changeSeq }: Positions): PageAsked {
  const path = `/${roomId(bigRoom.number)}/messages?limit=${limit}`;
  if (kind === "newest") return { kind, path, cursor: seq };
  const last = kind === "changedAfter" ? changeSeq : seq;
  const cursor = margin + Math.floor(Math.random() * (last - 2 * margin));
  return { kind, path: `${path}&${kind}=${cursor}`, cursor };
}

/** What is wrong with the page, or undefined. */
export function faultOf({ kind, cursor }: PageAsked, { status, body }: Answer): string | undefined {
  if (status !== 200) return `${kind}: answered ${status}`;
  const page = HistoryPage.safeParse(JSON.parse(body.toString()));
  if (!page.success) return `${kind}: not a page`;
  const { messages, hasMore } = page.data;
  if (messages.length !== limit || !hasMore) return `${kind}: ${messages.length} messages`;
  return isRight[kind](messages, cursor) ? undefined : `${kind}: wrong messages`;
}

const isRight: Record<PageKind, (messages: StoredMessage[], cursor: number) => boolean> = {
  newest: (messages, cursor) => messages.at(-1)!.seq >= cursor - limit && areLive(messages),
  before: (messages, cursor) => messages.at(-1)!.seq < cursor && areLive(messages),
  after: (messages, cursor) => messages.every(({ seq }, place) => seq === cursor + 1 + place),
  changedAfter: (messages, cursor) => messages[0]!.changeSeq > cursor && isRising(messages, "changeSeq"),
};

function areLive(messages: StoredMessage[]): boolean {
  return messages.every(({ deleted }) => !deleted) && isRising(messages, "seq");
}

function isRising(messages: StoredMessage[], key: "seq" | "changeSeq"): boolean {
  return messages.every((message, place) => place === 0 || message[key] > messages[place - 1]![key]);
}

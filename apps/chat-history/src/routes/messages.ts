// GET /{roomId}/messages: a page of a room's history (contracts §3).
import { HistoryQuery, Refusal, RoomId, type HistoryPage, type StoredMessage } from "@parley/contracts";
import { identityOf, type Turns } from "@parley/service";
import type { RequestHandler } from "express";
import { floorOf, type PageQuery, type PageReader } from "../store/messages.ts";

/** @param turns of reading: storing must not wait for readers, however many there are */
export function getMessages(readPage: PageReader, turns: Turns): RequestHandler {
  return async (request, response) => {
    const roomId = RoomId.safeParse(request.params["roomId"]);
    if (!roomId.success) throw new Refusal("INVALID", "not a room id");
    const query = HistoryQuery.safeParse(request.query);
    if (!query.success) throw new Refusal("INVALID", `query: ${query.error.issues[0]?.message}`);
    const page = pageOf(query.data);
    // One more than asked for tells whether there are more.
    const { accountId } = identityOf(response);
    const read = () => readPage(roomId.data, accountId, { ...page, limit: page.limit + 1 });
    const { messages, position } = await turns.run(read);
    const isFull = messages.length > page.limit;
    const isBack = page.from === "newest" || page.from === "before";
    if (isFull) messages.splice(isBack ? 0 : page.limit, 1);
    const floor = isBack ? floorOf(page, position) : 1;
    const hasMore = isFull || floor > 1;
    const edge = isFull ? edgeOf(page, messages) : floor;
    const answer: HistoryPage = { messages, hasMore, nextCursor: hasMore ? edge : null, position };
    response.json(answer);
  };
}

/** Where the next page begins. */
function edgeOf({ from }: PageQuery, messages: StoredMessage[]): number {
  const last = messages.at(-1)!;
  if (from === "changedAfter") return last.changeSeq;
  return from === "after" ? last.seq : messages[0]!.seq;
}

function pageOf({ before, after, changedAfter, limit }: HistoryQuery): PageQuery {
  if (before !== undefined) return { from: "before", cursor: before, limit };
  if (after !== undefined) return { from: "after", cursor: after, limit };
  if (changedAfter !== undefined) return { from: "changedAfter", cursor: changedAfter, limit };
  return { from: "newest", cursor: 0, limit };
}

// What may name a room (contracts §0). Every door uses this one pattern, browsers too: it needs no library.

/** Words that would shadow paths of the HTTP interface. */
export const reservedRoomIds: ReadonlySet<string> = new Set(
  "rooms auth accounts sessions server ws ws-sockjs health metrics docs lab assets internal search direct .well-known".split(
    " ",
  ),
);

const pattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

const directPattern = /^dm-[A-Za-z0-9_-]{43}$/;

/** Whether rooms of two people have such ids: nobody may make another kind of room under one. */
export function isDirectRoomId(text: string): boolean {
  return directPattern.test(text);
}

/** 1 to 128 of `A-Z a-z 0-9 . _ -`, not starting with a dot, case-sensitive, not reserved. */
export function isRoomId(text: string): boolean {
  return pattern.test(text) && !reservedRoomIds.has(text);
}

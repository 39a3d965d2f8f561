// What an app sees of the SDK: the types of createChat. Types only.
import type {
  ErrorCode,
  Member,
  MembersPage,
  PublicAccount,
  Room as RoomFacts,
  RoomCreate,
  RoomRole,
  RoomsPage,
  ShutOutPage,
} from "@parley/contracts";
import type { IStompSocket } from "@stomp/stompjs";
import type { Observable } from "./observable.ts";
import type { Outbox } from "./outbox.ts";

export interface ChatOptions {
  /** Where the origin is: `https://chat.example`; "" in a browser is the page's own. */
  url: string;
  /**
   * A valid access token, asked for before every connection and HTTP call. With `fresh` the one given last is about to run
   * out, or was refused: another one is wanted, which an open connection goes on with. A rejection with
   * `code: "UNAUTHENTICATED"` closes the chat; any other is tried again.
   */
  getToken(wanted: { readonly fresh: boolean }): Promise<string>;
  /** The signed-in account's id; its outbox is kept under this name. */
  accountId: string;
  /** What the own bubbles show until the server has confirmed them. */
  senderName: string;
  /** Where messages wait that are not stored yet. Default: IndexedDB where there is one, else memory. */
  outbox?: Outbox;
  /** Default: `new WebSocket(url, protocols)` on `/ws`. A SockJS object or `ws` can be given instead. */
  createWebSocket?: (url: string, protocols: string[]) => IStompSocket;
}

export interface Chat {
  /**
   * Opens a room: its newest messages, then what happens. The same object for the same id until it is closed.
   * @throws ChatError INVALID when no room can have this id
   */
  room(roomId: string): Room;
  readonly connection: Observable<ConnectionState>;
  /** Rooms, their members, and other people. */
  readonly rooms: Rooms;
  /** Frames of the connection and tempIds that were swapped for ids; costs nothing while nobody listens. */
  onTrace(listener: (event: TraceEvent) => void): () => void;
  /** Ends the connection. What is not stored yet stays in the outbox. */
  close(): Promise<void>;
}

export type ConnectionState =
  | { readonly status: "connecting" }
  | { readonly status: "connected"; readonly sessionId: string }
  /** `retryAt` in milliseconds since 1970; `code`: why the last connection ended, if the server said so. */
  | { readonly status: "waiting"; readonly retryAt: number; readonly code?: ErrorCode }
  | { readonly status: "closed"; readonly code?: ErrorCode };

export interface Room {
  readonly id: string;
  readonly state: Observable<RoomState>;
  /**
   * Shows the message at once and sends it until it is stored; returns its tempId.
   * @throws ChatError INVALID or TOO_LONG for content that no server would take
   */
  send(content: string): string;
  /** Sends a failed message again, under its tempId. */
  retry(tempId: string): void;
  /** Forgets a failed message. */
  discard(tempId: string): void;
  /** Loads one page further back; nothing happens while one is loading or there is no more. */
  loadOlder(): Promise<void>;
  /** Asks the server again for a room that it has refused. */
  reopen(): void;
  close(): void;
}

/**
 * Each call is one of docs/protocol.md, and throws ChatError: its `code` says why, `retryAfterMs` when to try again. To come
 * into a room opens it again where it is open and was refused.
 */
export interface Rooms {
  /** Those one is a member of. `cursor`: the `nextCursor` of the page before. */
  list(from?: ListFrom): Promise<RoomsPage>;
  get(roomId: string): Promise<RoomFacts>;
  /** The one who makes it is its owner. Without an id the server gives one. */
  create(room: RoomCreate): Promise<RoomFacts>;
  join(roomId: string): Promise<Member>;
  leave(roomId: string): Promise<void>;
  /** For its owner and moderators. */
  rename(roomId: string, name: string): Promise<RoomFacts>;
  /** For its owner. Nobody has access any more, and its id stays taken. */
  delete(roomId: string): Promise<void>;
  /** The room of the two, which is the same for ever. */
  direct(accountId: string): Promise<RoomFacts>;
  /** From now on they cannot write in the room of the two, nor invite this account. */
  block(accountId: string): Promise<void>;
  unblock(accountId: string): Promise<void>;
  /** Those this account has blocked. */
  blocked(from?: ListFrom): Promise<ShutOutPage>;
  members(roomId: string, from?: ListFrom): Promise<MembersPage>;
  /** Makes somebody a member, or gives a member another role. */
  invite(roomId: string, accountId: string, role?: RoomRole): Promise<Member>;
  /** They may come back, unlike after a ban. */
  remove(roomId: string, accountId: string): Promise<void>;
  ban(roomId: string, accountId: string): Promise<void>;
  unban(roomId: string, accountId: string): Promise<void>;
  /** Those who are banned, for owner and moderators. */
  bans(roomId: string, from?: ListFrom): Promise<ShutOutPage>;
  mute(roomId: string, accountId: string, seconds: number): Promise<void>;
  unmute(roomId: string, accountId: string): Promise<void>;
  /** People whose name begins with `query`. */
  findAccounts(query: string): Promise<readonly PublicAccount[]>;
}

export interface ListFrom {
  readonly cursor?: string;
}

export interface RoomState {
  /** Stored ones by `seq`, then the others in the order in which they were first shown. No two have the same key. */
  readonly messages: readonly RoomMessage[];
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  /** `refused`: the server does not let this account read the room, or not any more; `code` says why. */
  readonly status: "opening" | "live" | "catching-up" | "refused";
  readonly code?: ErrorCode;
  /** It could be read, be it only until it was refused. */
  readonly wasRead: boolean;
}

export interface RoomMessage {
  /** The same from the first preview to the stored message: (sender, tempId). */
  readonly key: string;
  /** The tempId until the message is stored. */
  readonly id: string;
  readonly tempId: string;
  readonly sender: string;
  readonly senderName: string;
  readonly content: string;
  /** Position in the room, ISO 8601 time of the commit and of the last edit; null until stored (until edited). */
  readonly seq: number | null;
  readonly createdAt: string | null;
  readonly editedAt: string | null;
  /** `pending`: on its way. `preview`: live, not stored yet. `failed`: refused for good, as `code` says. */
  readonly state: "pending" | "preview" | "stored" | "failed";
  readonly isMine: boolean;
  /** When this client first showed it, milliseconds since 1970. */
  readonly shownAt: number;
  /** Of a failed one: why, and when another try makes sense if the server said so, milliseconds since 1970. */
  readonly code?: ErrorCode;
  readonly retryAt?: number;
}

export type TraceEvent = FrameTrace | SwapTrace;

/** One STOMP frame, `at` in milliseconds since 1970; tokens are left out. A heart-beat has the command "". */
export interface FrameTrace {
  readonly kind: "frame";
  readonly at: number;
  readonly direction: "in" | "out";
  readonly command: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A tempId gave way to the real id, `afterMs` after the message was first shown. */
export interface SwapTrace {
  readonly kind: "swap";
  readonly at: number;
  readonly roomId: string;
  readonly tempId: string;
  readonly id: string;
  readonly seq: number;
  readonly afterMs: number;
}

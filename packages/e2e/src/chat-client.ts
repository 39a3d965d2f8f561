// What the tests want of any STOMP client; each file beside it does it with another library.
import type { ChatMessageSend } from "@parley/contracts";
import type { Inbox } from "./inbox.ts";

export interface ChatClient {
  /** Resolves with the RECEIPT of the SUBSCRIBE. */
  subscribe(roomId: string): Promise<Inbox>;
  /** Resolves with the RECEIPT of the SEND. */
  send(message: ChatMessageSend): Promise<void>;
  close(): Promise<void>;
}

export function formatWebSocketUrl(serviceUrl: string): string {
  return `${serviceUrl.replace(/^http/, "ws")}/ws`;
}

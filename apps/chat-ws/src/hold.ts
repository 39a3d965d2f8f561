// What is confirmed in a room while one listener is still being given its past. It must not know the listener.
import type { StoredMessage } from "@parley/contracts";

/** Messages, and octets of their contents, that are held at most; beyond it they are read again instead. */
const heldMessagesMax = 1_000;
const heldContentBytesMax = 1_048_576;

export class Hold {
  #messages: StoredMessage[] = [];
  #contentBytes = 0;
  #overflown = false;

  add(message: StoredMessage): void {
    if (this.#overflown) return;
    this.#messages.push(message);
    this.#contentBytes += Buffer.byteLength(message.content);
    if (this.#messages.length > heldMessagesMax || this.#contentBytes > heldContentBytesMax) this.overflow();
  }

  /** Something is missing from here on. */
  overflow(): void {
    this.#messages = [];
    this.#contentBytes = 0;
    this.#overflown = true;
  }

  get isOverflown(): boolean {
    return this.#overflown;
  }

  /** What was held, in the room's order; from now on it holds anew. */
  take(): StoredMessage[] {
    const messages = this.#messages;
    this.#messages = [];
    this.#contentBytes = 0;
    this.#overflown = false;
    return messages;
  }
}

// Messages of one connection whose append failed in mid-air: they may be in the log or not. Until the client repeats
// them, its later messages to that room are refused, or their order could turn round (guarantee G-6).

const inDoubtMax = 1_000;

export class InDoubt {
  #rooms = new Map<string, Set<string>>();
  #size = 0;

  /** Whether a message with this tempId must wait for others to be repeated first. */
  blocks(roomId: string, tempId: string): boolean {
    const tempIds = this.#rooms.get(roomId);
    return tempIds !== undefined && !tempIds.has(tempId);
  }

  /** False when there are too many to remember: the connection must end. */
  add(roomId: string, tempId: string): boolean {
    if (this.#size >= inDoubtMax) return false;
    const tempIds = this.#rooms.get(roomId) ?? new Set();
    if (!tempIds.has(tempId)) this.#size++;
    this.#rooms.set(roomId, tempIds.add(tempId));
    return true;
  }

  /** The client has repeated it. */
  settle(roomId: string, tempId: string): void {
    const tempIds = this.#rooms.get(roomId);
    if (!tempIds?.delete(tempId)) return;
    this.#size--;
    if (tempIds.size === 0) this.#rooms.delete(roomId);
  }
}

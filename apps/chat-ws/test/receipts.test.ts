import { createHash } from "node:crypto";
import { Refusal } from "@parley/contracts";
import { describe, expect, test } from "vitest";
import { createReceipts } from "../src/receipts.ts";

const attempt = { roomId: "r", sender: "s", tempId: "t", content: "text" };

function change(more: Record<string, unknown> = {}) {
  const contentHash = createHash("sha256").update("text").digest("hex");
  const message = { id: "i", senderName: "S", seq: 1, changeSeq: 1, createdAt: "", editedAt: null, deleted: false };
  return { ...message, ...attempt, contentHash, ...more };
}

describe("receipts", () => {
  test("answer exactly the attempt that the confirmation names", async () => {
    const receipts = createReceipts("ws-1", 1000, () => 0);
    const [one, other] = [receipts.expect(attempt), receipts.expect(attempt)];
    receipts.confirm(other.via);
    await other.stored;
    receipts.reject(one.via, new Refusal("CONFLICT", "other content"));
    await expect(one.stored).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("are never answered for a former life of the same instance", () => {
    const [former, now] = [createReceipts("ws-1", 1000, () => 0), createReceipts("ws-2", 1000, () => 0)];
    const { via } = former.expect(attempt);
    expect(former.concerns(JSON.stringify({ via }))).toBe(true);
    expect(now.concerns(JSON.stringify({ via }))).toBe(false);
  });

  test("end in TIMEOUT, retryable, with what it concerns", async () => {
    let nowMs = 0;
    const receipts = createReceipts("ws-1", 1000, () => nowMs);
    const early = receipts.expect(attempt);
    nowMs = 500;
    const late = receipts.expect(attempt);
    receipts.tick(1000);
    await expect(early.stored).rejects.toMatchObject({ code: "TIMEOUT", context: { roomId: "r", tempId: "t" } });
    receipts.confirm(late.via);
    await late.stored;
  });

  test("that waited for rights first have waited no longer than others when they end (G-9)", async () => {
    const receipts = createReceipts("ws-1", 1000, () => 900);
    const [later, earlier] = [receipts.expect(attempt), receipts.expect(attempt, 0)];
    receipts.tick(1000);
    await expect(earlier.stored).rejects.toMatchObject({ code: "TIMEOUT" });
    receipts.confirm(later.via);
    await later.stored;
  });

  test("are answered by what healing finds, if it is the same content", async () => {
    const receipts = createReceipts("ws-1", 1000, () => 0);
    const mine = receipts.expect(attempt);
    receipts.confirmChanges("r", [change({ sender: "other" }), change({ contentHash: "of other content" })]);
    receipts.confirmChanges("other room", [change()]);
    receipts.tick(1000);
    await expect(mine.stored).rejects.toMatchObject({ code: "TIMEOUT" });
    const again = receipts.expect(attempt);
    receipts.confirmChanges("r", [change()]);
    await again.stored;
  });
});

// A server that takes the token at last, after any number of failures in between.
import { destinations } from "@parley/contracts";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ChatError } from "../src/chat-error.ts";
import { createTokenRenewal } from "../src/token-renewal.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const notice = { code: "TOKEN_EXPIRED", message: "", retryable: false, expiresInMs: 60_000 } as const;

const failures = ["no token now", "refused", "no answer"] as const;
type Failure = (typeof failures)[number];

/** Tries fail as the script says; the one after them succeeds. */
function start(script: readonly Failure[]) {
  const left = [...script];
  const taken: string[] = [];
  const wanted: boolean[] = [];
  let sent = 0;
  const onSignedOut = vi.fn<() => void>();
  const renewal = createTokenRenewal({
    onSignedOut,
    async getToken({ fresh }) {
      wanted.push(fresh);
      if (left[0] === "no token now") throw new ChatError("UNAVAILABLE", left.shift()!);
      return `token ${wanted.length}`;
    },
  });
  const link = {
    send(destination: string, body: unknown, onReceipt: () => void) {
      expect(destination).toBe(destinations.auth);
      const receiptId = `r${++sent}`;
      const failure = left.shift();
      if (failure === "refused")
        queueMicrotask(() => renewal.rejected({ code: "UNAUTHENTICATED", message: "", retryable: false, receiptId }));
      if (failure === undefined) {
        taken.push((body as { token: string }).token);
        queueMicrotask(onReceipt);
      }
      return receiptId;
    },
  };
  renewal.connected(link);
  return { renewal, taken, wanted, onSignedOut };
}

it("asks for fresh tokens until the server has taken one, and then no more", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...failures), { maxLength: 6 }), async (script) => {
      const { renewal, taken, wanted } = start(script);
      renewal.rejected(notice);
      renewal.rejected(notice);
      await vi.runAllTimersAsync();
      expect(taken).toEqual([`token ${script.length + 1}`]);
      expect(wanted).toEqual(Array(script.length + 1).fill(true));
      renewal.rejected(notice);
      await vi.runAllTimersAsync();
      expect(taken).toHaveLength(2);
    }),
  );
});

it("is done with a quarter of the time that was left, when nothing fails", async () => {
  const { renewal, taken } = start([]);
  renewal.rejected(notice);
  await vi.advanceTimersByTimeAsync(notice.expiresInMs / 4);
  expect(taken).toHaveLength(1);
});

it("ends with its connection, and begins anew with the next", async () => {
  const { renewal, taken } = start(["refused"]);
  renewal.rejected(notice);
  renewal.disconnected();
  await vi.runAllTimersAsync();
  expect(taken).toEqual([]);
  renewal.rejected(notice);
  await vi.runAllTimersAsync();
  expect(taken).toEqual([]);
});

it("says so when there is no token for the account any more", async () => {
  const onSignedOut = vi.fn<() => void>();
  const send = vi.fn<() => string>(() => "r1");
  const renewal = createTokenRenewal({
    onSignedOut,
    getToken: () => Promise.reject(new ChatError("UNAUTHENTICATED", "signed out")),
  });
  renewal.connected({ send });
  renewal.rejected(notice);
  await vi.runAllTimersAsync();
  expect(onSignedOut).toHaveBeenCalledTimes(1);
  expect(send).not.toHaveBeenCalled();
});

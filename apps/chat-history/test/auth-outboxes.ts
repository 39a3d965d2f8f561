// What a chat-auth would tell, as a test has it: pages of names, deletions, ended logins and entries of the audit log.
import { randomUUID } from "node:crypto";
import { outboxPageMax, type AccountChange, type AuditEvent, type Revocation } from "@parley/contracts";

export type AuthOutboxes = ReturnType<typeof createAuthOutboxes>;

export function createAuthOutboxes() {
  const accounts: AccountChange[] = [];
  const audit: (AuditEvent & { seq: number })[] = [];
  const revocations: Revocation[] = [];
  const lists: Record<string, { name: string; all: { seq: number }[] }> = {
    "/internal/accounts/changes": { name: "changes", all: accounts },
    "/internal/audit": { name: "events", all: audit },
    "/internal/revocations": { name: "revocations", all: revocations },
  };
  const state = { isAway: false };

  return {
    state,
    accounts,
    audit,
    revocations,
    answer: (path: string, after: number): unknown => {
      const list = lists[path];
      if (list && state.isAway) throw new Error("away");
      if (!list) return undefined;
      const position = list.all.at(-1)?.seq ?? 0;
      return { [list.name]: list.all.filter(({ seq }) => seq > after).slice(0, outboxPageMax), position };
    },
    /** As chat-auth has it: of each account the latest, by `seq`. `name`: null if it was deleted. */
    change(accountId: string, version: number, name: string | null) {
      const seq = (accounts.at(-1)?.seq ?? 0) + 1;
      const before = accounts.findIndex((change) => change.accountId === accountId);
      if (before >= 0) accounts.splice(before, 1);
      accounts.push({ seq, accountId, name, version });
    },
    happen(action: string, more: Partial<AuditEvent> = {}) {
      const seq = (audit.at(-1)?.seq ?? 0) + 1;
      const nobody = { actor: null, target: null, roomId: null, address: null, detail: null };
      const event = { id: randomUUID(), at: new Date().toISOString(), action, ...nobody, ...more };
      audit.push({ seq, ...event });
      return event;
    },
    end(accountId: string, sid: string) {
      revocations.push({ seq: revocations.length + 1, accountId, sid, relevantMs: 900_000 });
    },
  };
}

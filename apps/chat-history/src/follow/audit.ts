// What chat-auth has to say for the audit log, which is kept here.
import { AuditOutboxPage, type AuditEvent } from "@parley/contracts";
import type { InternalCall } from "@parley/service";
import { copyAudit } from "../store/audit.ts";
import type { Outbox } from "./follower.ts";

export function createAuditOutbox(call: InternalCall): Outbox<AuditEvent & { seq: number }> {
  return {
    name: "audit",
    async fetch(after) {
      const { events: items, position } = await call(`/internal/audit?after=${after}`, AuditOutboxPage);
      return { items, position };
    },
    take: copyAudit,
  };
}

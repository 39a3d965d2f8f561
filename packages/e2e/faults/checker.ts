// The checker: what was recorded and what is stored in the end, against the invariants of the delivery guarantee.
import { checkAccess } from "./check-access.ts";
import { checkNumbers, checkPolls, checkProbes, checkReceipted, checkRows } from "./check-history.ts";
import { checkLives } from "./check-lives.ts";
import { checkAnswers, checkOrder, countUnreceipted } from "./check-sends.ts";
import { Findings, type Damage, type Violation } from "./findings.ts";
import type { Ending, Recording } from "./recording.ts";

export interface Verdict {
  receipted: number;
  /** Sent, and not receipted by the end. */
  unreceipted: number;
  /** How much was looked at. */
  seen: { attempts: number; connections: number; subscriptions: number; given: number; probes: number };
  damages: Record<Damage, number>;
  violations: Violation[];
}

export interface CheckOptions {
  /** When the recording ended. */
  endMs: number;
  /** Whether the fault takes away what is in the log (G-10). */
  logWasLost?: boolean;
}

export function check(recording: Recording, ending: Ending, { endMs, logWasLost = false }: CheckOptions): Verdict {
  const findings = new Findings();
  checkReceipted(recording, ending, findings);
  checkRows(recording, ending, findings);
  checkNumbers(ending, findings);
  checkPolls(recording, ending, findings);
  checkProbes(recording, findings);
  checkOrder(recording, ending, { findings, logWasLost });
  checkAnswers(recording, endMs, findings);
  checkLives(recording, ending, findings);
  checkAccess(recording, findings);
  const receipted = recording.sends.filter(({ receiptMs }) => receiptMs !== undefined).length;
  return {
    receipted,
    unreceipted: countUnreceipted(recording),
    seen: {
      attempts: recording.sends.reduce((sum, { attempts }) => sum + attempts.length, 0),
      connections: recording.connections.length,
      subscriptions: recording.lives.length,
      given: recording.lives.reduce((sum, { given }) => sum + given.length, 0),
      probes: recording.probes.length,
    },
    damages: findings.damages,
    violations: findings.violations,
  };
}

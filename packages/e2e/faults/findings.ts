// Violations as they are found: counted for each kind, with a few examples.

export const invariants = ["I-1", "I-2", "I-3", "I-4", "I-5", "I-6", "I-7", "I-8", "I-9", "I-10", "I-11"] as const;
export type Invariant = (typeof invariants)[number];

/** What kind of damage it is, where the table counts it. */
export type Damage = "lost" | "doubled" | "hole" | "disorder" | "falseReceipt";

export interface Violation {
  invariant: Invariant;
  what: string;
  count: number;
  examples: string[];
}

const examplesMax = 3;

export class Findings {
  readonly #violations = new Map<string, Violation>();
  readonly damages: Record<Damage, number> = { lost: 0, doubled: 0, hole: 0, disorder: 0, falseReceipt: 0 };

  /** @param what one sentence for the kind; examples tell the single case */
  add(invariant: Invariant, what: string, example: string, damage?: Damage, count = 1): void {
    const key = `${invariant} ${what}`;
    const violation = this.#violations.get(key) ?? { invariant, what, count: 0, examples: [] };
    this.#violations.set(key, violation);
    violation.count += count;
    if (violation.examples.length < examplesMax) violation.examples.push(example);
    if (damage) this.damages[damage] += count;
  }

  get violations(): Violation[] {
    return [...this.#violations.values()];
  }
}

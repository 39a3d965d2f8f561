// How fast each account may send, over all its connections and all instances. A bucket in the process decides; now and
// then instances tell each other what was spent, so that no message waits for a round trip.
import type { Bus } from "@parley/bus";
import { ChatRatesPubSub } from "@parley/contracts";
import { Bucket } from "@parley/service";

export interface SendRates {
  /** In how many milliseconds the account may send: 0 means now. */
  wait(accountId: string): number;
  /** It has sent one. */
  spend(accountId: string): void;
  close(): void;
}

interface Options {
  bus: Bus;
  /** The topic on which instances tell each other. */
  topic: string;
  /** Different in each instance, also after a restart. */
  instanceId: string;
  sendsPerSecondMax: number;
  sendsBurstMax: number;
  now: () => number;
}

const reconcileMs = 1_000;
/** Accounts told of at once: the most eager ones. */
const toldMax = 1_000;

/** Resolves once it hears of the others. */
export async function createSendRates(options: Options): Promise<SendRates> {
  const { bus, topic, instanceId, sendsPerSecondMax, sendsBurstMax, now } = options;
  /** Who is not here has a full bucket. */
  const buckets = new Map<string, Bucket>();
  /** Since others were told. */
  const spent = new Map<string, number>();
  /** What spends less is left alone: a fair share of the rate, even on ten instances. */
  const toldMin = Math.max(2, sendsPerSecondMax / 10);

  function bucketOf(accountId: string): Bucket {
    const bucket = buckets.get(accountId) ?? new Bucket(sendsPerSecondMax, sendsBurstMax, now());
    buckets.set(accountId, bucket);
    return bucket;
  }

  function tell() {
    const eager = [...spent].filter(([, count]) => count >= toldMin);
    spent.clear();
    for (const [accountId, bucket] of buckets) if (bucket.isFull(now())) buckets.delete(accountId);
    if (eager.length === 0) return;
    const told = eager.toSorted(([, one], [, other]) => other - one).slice(0, toldMax);
    // Without the bus every instance goes by what it sees itself.
    bus.publish(topic, instanceId, JSON.stringify({ instanceId, spent: told })).catch(() => undefined);
  }

  await bus.subscribe(topic, (payload) => {
    const told = parse(payload);
    if (told === undefined || told.instanceId === instanceId) return;
    for (const [accountId, count] of told.spent) bucketOf(accountId).spend(count, now());
  });
  const telling = setInterval(tell, reconcileMs);
  return {
    wait: (accountId) => buckets.get(accountId)?.wait(now()) ?? 0,
    spend(accountId) {
      bucketOf(accountId).spend(1, now());
      spent.set(accountId, (spent.get(accountId) ?? 0) + 1);
    },
    close: () => clearInterval(telling),
  };
}

function parse(payload: string): ChatRatesPubSub | undefined {
  try {
    return ChatRatesPubSub.parse(JSON.parse(payload));
  } catch {
    return undefined;
  }
}

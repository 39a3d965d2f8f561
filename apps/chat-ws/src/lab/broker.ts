// The test door's plugs: `/topic/…` and `/queue/…` in memory, headers and octets passed on unchanged, so that suites
// which nobody here wrote can judge the engine. Nothing of the chat is behind it.
import { Refusal } from "@parley/contracts";
import { userHeaders, type Broker, type Destination, type Frame, type Session } from "@parley/stomp";
import { LabQueue, type Consumer, type LabMessage } from "./queue.ts";

const login = "lab";
const passcode = "lab";
/** Messages that may wait in one queue, and queues. Beyond: OVERLOADED. */
const queueLengthMax = 10_000;
const queuesMax = 1_000;

export function createLabBroker(): Broker<string> {
  const topic = createTopics();
  const queue = createQueues();
  return {
    connect(headers) {
      if (headers.get("login") !== login || headers.get("passcode") !== passcode)
        throw new Refusal("UNAUTHENTICATED", "not the lab's login and passcode");
      return login;
    },
    destination(name) {
      if (/^\/topic\/./s.test(name)) return topic;
      return /^\/queue\/./s.test(name) ? queue : undefined;
    },
  };
}

let messages = 0;

function messageFrom(frame: Frame): LabMessage {
  return {
    messageId: `lab-${++messages}`,
    contentType: frame.headers.get("content-type"),
    headers: userHeaders(frame),
    body: Buffer.from(frame.body), // A copy: the view keeps the chunk that the frame came in.
  };
}

function destinationOf(frame: Frame): string {
  return frame.headers.get("destination") ?? "";
}

/** To all subscribers, the sender too. */
function createTopics(): Destination<string> {
  const topics = new Map<string, Set<Consumer>>();
  return {
    subscribe(_session, subscription) {
      const subscribers = topics.get(subscription.destination) ?? new Set();
      topics.set(subscription.destination, subscribers.add(subscription));
    },
    unsubscribe(_session, subscription) {
      const subscribers = topics.get(subscription.destination);
      if (subscribers?.delete(subscription) && subscribers.size === 0) topics.delete(subscription.destination);
    },
    send: (_session, frame) => () => {
      const message = messageFrom(frame);
      for (const subscriber of topics.get(destinationOf(frame)) ?? []) subscriber.session.message(subscriber, message);
    },
  };
}

/** To one subscriber, and to another if it does not acknowledge. */
function createQueues(): Destination<string> {
  const queues = new Map<string, LabQueue>();

  function open(name: string): LabQueue {
    const queue = queues.get(name) ?? new LabQueue();
    if (!queues.has(name) && queues.size >= queuesMax) throw new Refusal("OVERLOADED", "queues");
    queues.set(name, queue);
    return queue;
  }

  function use(name: string, act: (queue: LabQueue) => void) {
    const queue = queues.get(name);
    if (!queue) return;
    act(queue);
    if (queue.isEmpty) queues.delete(name);
  }

  return {
    subscribe: (_session, subscription) => open(subscription.destination).join(subscription),
    unsubscribe: (_session, subscription) => use(subscription.destination, (queue) => queue.leave(subscription)),
    acknowledged: (_session: Session<string>, subscription, messageIds, positive) =>
      use(subscription.destination, (queue) => queue.acknowledged(subscription, messageIds, positive)),
    send(_session, frame) {
      const name = destinationOf(frame);
      if ((queues.get(name)?.length ?? 0) >= queueLengthMax) throw new Refusal("OVERLOADED", "messages in the queue");
      return () => open(name).add(messageFrom(frame));
    },
  };
}

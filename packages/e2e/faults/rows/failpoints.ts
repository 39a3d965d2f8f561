// F-04 and F-05: chat-history dies at the four places that matter, and is away altogether.
import { setTimeout as sleep } from "node:timers/promises";
import { describeRefusals, countReceipts, longestPreviewS } from "../figures.ts";
import type { Row } from "../row.ts";
import { secondsUntil } from "../waiting.ts";
import { untilWriter } from "../writers.ts";

const points = ["after-read", "after-insert", "after-commit", "after-publish"];
const batchesMax = 5;
const hitMsMax = 20_000;

export const failpoints: Row = {
  id: "F-04",
  title: "the chat-history that writes dies after read, after insert, after commit, after publish",
  rounds: 20,
  normalWithinMs: 15_000,
  async run({ stack, random, rounds, tell, fact, fault }) {
    let missed = 0;
    for (let round = 1; round <= rounds; round++) {
      for (const point of points) {
        const writer = (await stack.findWriter()) ?? stack.histories[0]!;
        const doomed = stack.histories.find((history) => history !== writer)!;
        await doomed.end("SIGTERM");
        const died = doomed.exits.length;
        doomed.start({ FAILPOINT: `${point}:${1 + Math.floor(random() * batchesMax)}` });
        await doomed.untilReady();
        await writer.end("SIGTERM");
        writer.start();
        if ((await secondsUntil(() => doomed.exits.length > died, hitMsMax)) === undefined) missed++;
        fault.endMs = performance.now();
        await writer.untilReady();
        await untilWriter(stack);
        await doomed.untilReady();
      }
      if (round % 2 === 0) tell(`${round} of ${rounds} rounds of the four places`);
    }
    fact(`${rounds * points.length - missed} of ${rounds * points.length} places reached`);
  },
  judge: ({ load, bound }) => bound("longest from preview to confirmation", longestPreviewS(load.recording), 15, "s"),
};

export const killHistories: Row = {
  id: "F-05",
  title: "kill -9 of both chat-history, back after 60 s",
  rounds: 1,
  normalWithinMs: 30_000,
  async run({ stack, fault, lastingMs, bound, fact }) {
    await Promise.all(stack.histories.map((history) => history.end("SIGKILL")));
    fault.startMs = performance.now();
    await sleep(lastingMs(60));
    fact(`${await stack.redisClient.xlen("chat-message:log")} entries in the log`);
    for (const history of stack.histories) history.start();
    fault.endMs = performance.now();
    const drained = await secondsUntil(async () => (await stack.redisClient.xlen("chat-message:log")) < 50, 60_000);
    bound("log drained after", drained, 20, "s");
  },
  judge({ load, fault, timeline, fact, bound }) {
    bound("receipts meanwhile", countReceipts(load.recording, fault), 0, "");
    bound("p99 preview meanwhile", timeline.speed(fault.startMs, fault.endMs).previewP99, 200, "ms");
    fact(`refused: ${describeRefusals(load.recording, fault)}`);
  },
};

// A room's list as it is read: days, and runs of one person's messages. Pure.
import type { RoomMessage } from "@parley/client";

/** A later message of the same person begins a new run. */
const runMsMax = 5 * 60_000;

export interface Day {
  /** Local date, `2026-11-20`. */
  readonly key: string;
  readonly at: number;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly message: RoomMessage;
  readonly at: number;
  readonly isFirstOfRun: boolean;
  readonly isLastOfRun: boolean;
  /** Whether the time says something new: the next message of the run shows another one. */
  readonly isTimeShown: boolean;
}

/** When a message was said: its commit, or when it was first shown. Milliseconds since 1970. */
export function timeOf({ createdAt, shownAt }: RoomMessage): number {
  return createdAt === null ? shownAt : Date.parse(createdAt);
}

export function groupByDay(messages: readonly RoomMessage[]): Day[] {
  const days: { key: string; at: number; entries: Entry[] }[] = [];
  for (const [index, message] of messages.entries()) {
    const at = timeOf(message);
    const key = dayKey(at);
    const [before, after] = [messages[index - 1], messages[index + 1]];
    const isLastOfRun = !after || !isOneRun(message, after);
    const entry = {
      message,
      at,
      isFirstOfRun: !before || !isOneRun(before, message),
      isLastOfRun,
      isTimeShown: isLastOfRun || minuteOf(at) !== minuteOf(timeOf(after)),
    };
    const day = days.at(-1);
    if (day?.key === key) day.entries.push(entry);
    else days.push({ key, at, entries: [entry] });
  }
  return days;
}

function isOneRun(one: RoomMessage, next: RoomMessage): boolean {
  const [from, to] = [timeOf(one), timeOf(next)];
  return one.sender === next.sender && to - from < runMsMax && dayKey(from) === dayKey(to);
}

function minuteOf(at: number): number {
  return Math.floor(at / 60_000);
}

function dayKey(at: number): string {
  const date = new Date(at);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => `${part}`.padStart(2, "0")).join("-");
}

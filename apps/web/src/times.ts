// Times as people read them, in the language of the page.
import type { Language } from "./words/language.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: number, language: Language, options: Intl.DateTimeFormatOptions): string {
  const key = language + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(language, options)));
  return made.format(at);
}

export function formatTime(at: number, language: Language): string {
  return format(at, language, { hour: "numeric", minute: "2-digit" });
}

export function formatDay(at: number, language: Language): string {
  return format(at, language, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/** The time of today, the date of any other day. */
export function formatWhen(at: number, language: Language): string {
  const isToday = daysAgo(at) === 0;
  return isToday ? formatTime(at, language) : format(at, language, { day: "numeric", month: "short" });
}

/** Local days between then and now: 0 today, 1 yesterday. */
export function daysAgo(at: number, now: number = Date.now()): number {
  const midnight = (time: number) => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(at)) / 86_400_000);
}

/** `3 h 12 min`, from seconds. */
export function formatDuration(seconds: number): string {
  const [days, hours, minutes] = [seconds / 86_400, (seconds / 3_600) % 24, (seconds / 60) % 60].map(Math.floor);
  if (days! > 0) return `${days} d ${hours} h`;
  return hours! > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${Math.floor(seconds % 60)} s`;
}

// What is said in every message, and its tempId, from which who sent it and the how-manieth it is can be read back.
import { formatMarker } from "./marker.ts";

/** Makes tempIds of this run different from those of others. */
const run = Math.floor(Math.random() * 0xffffffff)
  .toString(16)
  .padStart(8, "0");

export function formatTempId(publisher: number, number: number): string {
  return `${run}-0000-4000-8000-${publisher.toString(16).padStart(4, "0")}${number.toString(16).padStart(8, "0")}`;
}

export function readTempId(tempId: string): { publisher: number; number: number } {
  return { publisher: Number.parseInt(tempId.slice(-12, -8), 16), number: Number.parseInt(tempId.slice(-8), 16) };
}

export function formatContent(publisher: number, number: number): string {
  return `${formatMarker(publisher, number)} how are you, and what is new?`;
}

/** About 150 octets. */
export function formatBody(room: string, publisher: number, number: number): string {
  return `{"roomId":"${room}","tempId":"${formatTempId(publisher, number)}","content":"${formatContent(publisher, number)}"}`;
}

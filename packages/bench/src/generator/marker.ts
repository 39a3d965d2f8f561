// What every message carries so that it can be counted without being parsed: who published it, and the how-manieth it is.

/** `~#`, six digits for the publisher, eight for the number. */
const markerBytes = 16;
const first = 126; // ~
const second = 35; // #

export function formatMarker(publisher: number, number: number): string {
  return `~#${String(publisher).padStart(6, "0")}${String(number).padStart(8, "0")}`;
}

/** Finds markers in frames. Most are where the last one was, so that is where it looks first. */
export class MarkerFinder {
  #offset = 0;

  /** Where the marker of the frame from `start` to `end` begins, or -1. */
  find(buffer: Buffer, start: number, end: number): number {
    const guess = start + this.#offset;
    if (guess + markerBytes <= end && buffer[guess] === first && buffer[guess + 1] === second) return guess;
    const found = buffer.indexOf("~#", start, "latin1");
    if (found < 0 || found + markerBytes > end) return -1;
    this.#offset = found - start;
    return found;
  }
}

export function readPublisher(buffer: Buffer, at: number): number {
  return readDigits(buffer, at + 2, 6);
}

export function readNumber(buffer: Buffer, at: number): number {
  return readDigits(buffer, at + 8, 8);
}

function readDigits(buffer: Buffer, at: number, count: number): number {
  let value = 0;
  for (let end = at + count; at < end; at++) value = value * 10 + (buffer[at]! - 48);
  return value;
}

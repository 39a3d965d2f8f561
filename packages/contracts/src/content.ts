// What a message may say. Lengths count code points, the same in client, gateway and database.
import { Refusal, type RefusalContext } from "./errors.ts";

/** Default for the longest content, in code points. */
export const contentCodePointsMax = 4000;

const control = /(?![\n\t])\p{Cc}/gu;
// White space, what Unicode says may be shown as nothing (zero-width, fillers, selectors), and the blank of Braille.
const invisible = /^[\s\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Whether there is nothing to be seen of a text. */
export function isInvisible(text: string): boolean {
  return invisible.test(text);
}

interface ContentRules {
  /** Longest content, in code points. */
  codePointsMax?: number;
  /** What a refusal concerns. */
  context?: RefusalContext;
}

/**
 * Removes control characters other than newline and tab, and checks what is left.
 * @throws Refusal INVALID (nothing visible, a lone surrogate) or TOO_LONG
 */
export function parseContent(
  text: string,
  { codePointsMax = contentCodePointsMax, context }: ContentRules = {},
): string {
  if (!text.isWellFormed()) throw new Refusal("INVALID", "content has a lone surrogate", context);
  const content = text.replace(control, "");
  if (isInvisible(content)) throw new Refusal("INVALID", "content shows nothing", context);
  if (content.length > codePointsMax && codePoints(content) > codePointsMax) {
    throw new Refusal("TOO_LONG", `content is longer than ${codePointsMax} code points`, context);
  }
  return content;
}

/** How many code points a text has: the one unit of length everywhere. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

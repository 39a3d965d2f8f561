// How a person is shown without a picture: initials on one of a few colours, the same everywhere.

const avatarColours = 8;

/** One or two letters; of a name in Chinese characters or Hangul its first one. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u);
  const firsts = words.map((word) => [...new Intl.Segmenter().segment(word)][0]?.segment ?? "");
  const isAlphabetic = /^\p{Script=Latin}|^\p{Script=Cyrillic}|^\p{Script=Greek}/u.test(firsts[0] ?? "");
  const shown = isAlphabetic && words.length > 1 ? [firsts[0], firsts.at(-1)] : [firsts[0]];
  return shown.join("").toLocaleUpperCase() || "?";
}

/** 0 to 7, by the account's id: a new name keeps its colour. */
export function colourOf(accountId: string): number {
  let hash = 0;
  for (const character of accountId) hash = (hash * 31 + character.codePointAt(0)!) >>> 0;
  return hash % avatarColours;
}

// Which passwords are too easy to guess (NIST SP 800-63B §5.1.1.2). How long they may be is the contract's.
import { Refusal, type Account } from "@parley/contracts";
import { dictionary } from "@zxcvbn-ts/language-common";

/** Some 49,000 that are tried first, since they were found in what others have lost. */
const common = new Set(dictionary["passwords-common"].map(fold));

/** @throws Refusal INVALID for one that is commonly used, and for what everybody knows of its owner */
export function refuseGuessable(password: string, { email, nickname }: Pick<Account, "email" | "nickname">): void {
  const folded = fold(password);
  const known = [nickname, email ?? "", email?.split("@", 1)[0] ?? ""];
  if (common.has(folded)) throw new Refusal("INVALID", "password: commonly used");
  if (known.map(fold).includes(folded)) throw new Refusal("INVALID", "password: the address or the name");
}

/** As guessers do, any case and form is one. */
function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

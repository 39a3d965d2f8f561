// The way in: by a password, as a guest, or by another provider's account, whatever this server offers.
import type { ErrorCode, SignInMethods } from "@parley/contracts";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { isFirstVisit, readMethods, type Session } from "../auth.ts";
import { useTitlePlace } from "../page-title.ts";
import type { Words } from "../words/english.ts";
import { useSpeech } from "../words/language.ts";
import { Logo } from "./icons.tsx";
import { LanguageSwitch } from "./language-switch.tsx";
import { OtherWays } from "./other-ways.tsx";
import { SignInForm, type Face } from "./sign-in-form.tsx";
import { Vignette } from "./vignette.tsx";

interface SignInProps {
  /** A session was ended, not by the user. */
  hasEnded: boolean;
  /** A provider's account was refused. */
  refusal: ErrorCode | undefined;
  onSignedIn: (session: Session) => void;
}

/** Until it is known. */
const usualMethods: SignInMethods = { password: true, guest: false, oidc: [] };

export function SignIn({ hasEnded, refusal, onSignedIn }: SignInProps): JSX.Element {
  const { words } = useSpeech();
  const [face, setFace] = useState<Face>(() => (isFirstVisit() ? "sign-up" : "sign-in"));
  const [methods, setMethods] = useState(usualMethods);
  const titles = { "sign-in": words.signInTitle, "sign-up": words.signUpTitle, guest: words.guestTitle };
  useTitlePlace(titles[face]);
  useEffect(() => {
    readMethods().then(setMethods, () => {}); // What was to be done here will say that it failed.
  }, []);

  return (
    <div class="sign-in">
      <header class="sign-in-brand">
        <p class="brand">
          <Logo />
          <span class="brand-name">Parley</span>
        </p>
        <p class="tagline">{words.tagline}</p>
        <p class="promise">{words.promise}</p>
        <Vignette />
      </header>
      <main class="sign-in-card">
        <h1>{titles[face]}</h1>
        {hasEnded && <p class="notice">{words.sessionEnded}</p>}
        {refusal && (
          <p class="notice" role="alert">
            {explainRefusal(words, refusal)}
          </p>
        )}
        {(methods.password || face === "guest") && <SignInForm key={face} face={face} onSignedIn={onSignedIn} />}
        <OtherWays face={face} methods={methods} onFace={setFace} />
      </main>
      <footer class="sign-in-foot">
        <LanguageSwitch />
      </footer>
    </div>
  );
}

function explainRefusal(words: Words, code: ErrorCode): string {
  if (code === "CONFLICT") return words.addressTaken;
  if (code === "FORBIDDEN") return words.accountDisabled;
  return code === "UNAVAILABLE" ? words.errors.UNAVAILABLE : words.providerRefused;
}

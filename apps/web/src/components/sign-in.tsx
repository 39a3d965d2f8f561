// Signing in and signing up: one form, two faces.
import { ChatError } from "@parley/client";
import type { ErrorCode } from "@parley/contracts";
import type { JSX, TargetedSubmitEvent } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { isFirstVisit, signIn, signUp, type Session } from "../auth.ts";
import { useTitlePlace } from "../page-title.ts";
import { explain, useSpeech } from "../words/language.ts";
import type { Words } from "../words/english.ts";
import { Field, readField } from "./field.tsx";
import { Logo } from "./icons.tsx";
import { LanguageSwitch } from "./language-switch.tsx";
import { Vignette } from "./vignette.tsx";

/** chat-auth's own bounds (contracts §4), so that the browser says so first. */
const passwordLengthMin = 8;
const nicknameLengthMax = 64;

interface SignInProps {
  /** A session was ended, not by the user. */
  hasEnded: boolean;
  onSignedIn: (session: Session) => void;
}

export function SignIn({ hasEnded, onSignedIn }: SignInProps): JSX.Element {
  const { words } = useSpeech();
  const [isNew, setIsNew] = useState(isFirstVisit);
  const [isBusy, setIsBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  useTitlePlace(isNew ? words.signUp : words.signIn);

  // The first field of the face that is shown, before anybody can type elsewhere.
  useLayoutEffect(() => form.current?.querySelector("input")?.focus(), [isNew]);

  async function submit(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const read = readField(event.currentTarget);
    setIsBusy(true);
    setFault(undefined);
    try {
      const credentials = { email: read("email").trim(), password: read("password") };
      onSignedIn(await (isNew ? signUp({ ...credentials, nickname: read("nickname") }) : signIn(credentials)));
    } catch (error) {
      setFault(explainRefusal(words, error instanceof ChatError ? error.code : undefined));
      setIsBusy(false);
    }
  }

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
        <h1>{isNew ? words.signUpTitle : words.signInTitle}</h1>
        {hasEnded && <p class="notice">{words.sessionEnded}</p>}
        <form ref={form} onSubmit={(event) => void submit(event)}>
          {isNew && (
            <Field
              name="nickname"
              label={words.nickname}
              hint={words.nicknameHint}
              autocomplete="nickname"
              maxLength={nicknameLengthMax}
            />
          )}
          <Field name="email" type="email" label={words.email} autocomplete="username" />
          <Field
            name="password"
            type="password"
            label={words.password}
            {...(isNew && { hint: words.passwordHint, minLength: passwordLengthMin })}
            autocomplete={isNew ? "new-password" : "current-password"}
          />
          <p class="fault" role="alert">
            {fault}
          </p>
          <button type="submit" class="button wide" disabled={isBusy}>
            {isNew ? words.signUp : words.signIn}
          </button>
        </form>
        <p class="other-face">
          {isNew ? words.toSignIn : words.toSignUp}{" "}
          <button
            type="button"
            class="link"
            data-action="other-face"
            onClick={() => {
              setFault(undefined);
              setIsNew(!isNew);
            }}
          >
            {isNew ? words.signIn : words.signUp}
          </button>
        </p>
      </main>
      <footer class="sign-in-foot">
        <LanguageSwitch />
      </footer>
    </div>
  );
}

function explainRefusal(words: Words, code: ErrorCode | undefined): string {
  if (code === "UNAUTHENTICATED") return words.wrongPassword;
  if (code === "CONFLICT") return words.addressTaken;
  if (code === "INVALID" || code === "TOO_LONG") return words.checkFields;
  return explain(words, code);
}

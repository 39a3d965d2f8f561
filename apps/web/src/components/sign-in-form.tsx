// Signing in, signing up, coming in as a guest: one form, three faces.
import type { JSX, TargetedSubmitEvent } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useAct } from "../act.ts";
import { nicknameLengthMax, passwordLengthMin, signIn, signInAsGuest, signUp, type Session } from "../auth.ts";
import { useSpeech } from "../words/language.ts";
import { Field, readField } from "./field.tsx";

export type Face = "sign-in" | "sign-up" | "guest";

interface SignInFormProps {
  face: Face;
  onSignedIn: (session: Session) => void;
}

export function SignInForm({ face, onSignedIn }: SignInFormProps): JSX.Element {
  const { words } = useSpeech();
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, fault, act } = useAct({
    UNAUTHENTICATED: words.wrongPassword,
    CONFLICT: words.addressTaken,
    INVALID: face === "sign-up" ? words.checkFields : words.wrongPassword,
    TOO_LONG: words.checkFields,
    FORBIDDEN: words.accountDisabled,
  });
  const isNew = face === "sign-up";

  // The first field of the face that is shown, before anybody can type elsewhere.
  useLayoutEffect(() => form.current?.querySelector("input")?.focus(), []);

  async function submit(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const read = readField(event.currentTarget);
    const nickname = read("nickname");
    const credentials = { email: read("email").trim(), password: read("password") };
    let session: Session | undefined;
    await act(async () => {
      if (face === "guest") session = await signInAsGuest(nickname);
      else session = await (isNew ? signUp({ ...credentials, nickname }) : signIn(credentials));
    });
    if (session) onSignedIn(session);
  }

  const labels = { "sign-in": words.signIn, "sign-up": words.signUp, guest: words.comeIn };
  return (
    <form ref={form} data-face={face} onSubmit={(event) => void submit(event)}>
      {face !== "sign-in" && (
        <Field
          name="nickname"
          label={words.nickname}
          hint={words.nicknameHint}
          autocomplete="nickname"
          maxLength={nicknameLengthMax}
        />
      )}
      {face !== "guest" && (
        <>
          <Field name="email" type="email" label={words.email} autocomplete="username" />
          <Field
            name="password"
            type="password"
            label={words.password}
            {...(isNew && { hint: words.passwordHint, minLength: passwordLengthMin })}
            autocomplete={isNew ? "new-password" : "current-password"}
          />
        </>
      )}
      {face === "guest" && <p class="hint">{words.guestHint}</p>}
      <p class="fault" role="alert">
        {fault}
      </p>
      <button type="submit" class="button wide" disabled={isBusy}>
        {labels[face]}
      </button>
    </form>
  );
}

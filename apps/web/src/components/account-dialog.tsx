// What one can do with the own account: another password, out everywhere, gone for good.
import type { JSX, TargetedSubmitEvent } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { passwordLengthMin, type Session } from "../auth.ts";
import { useAct } from "../act.ts";
import { useSpeech } from "../words/language.ts";
import { Field, readField } from "./field.tsx";
import { Icon } from "./icons.tsx";

interface AccountDialogProps {
  session: Session;
  onClose: () => void;
  /** The session is over. */
  onSignedOut: () => void;
}

export function AccountDialog({ session, onClose, onSignedOut }: AccountDialogProps): JSX.Element {
  const { words } = useSpeech();
  const dialog = useRef<HTMLDialogElement>(null);
  const everywhere = useAct();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const { nickname, email } = session.account;
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="account-title" onClose={onClose}>
      <div class="dialog-head">
        <h2 id="account-title">{words.account}</h2>
        <button type="button" class="icon-button" aria-label={words.closePanel} onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      <p>
        {nickname} <span class="hint">{email ?? words.guest}</span>
      </p>
      {email !== null && <ChangePassword session={session} />}
      <section>
        <h3>{words.signOutEverywhere}</h3>
        <p class="hint">{words.signOutEverywhereText}</p>
        <button
          type="button"
          class="button quiet"
          data-action="sign-out-everywhere"
          disabled={everywhere.isBusy}
          onClick={async () => {
            if (await everywhere.act(() => session.signOutEverywhere())) onSignedOut();
          }}
        >
          {words.signOutEverywhere}
        </button>
        <p class="fault" role="alert">
          {everywhere.fault}
        </p>
      </section>
      <DeleteAccount session={session} onDeleted={onSignedOut} />
    </dialog>
  );
}

function ChangePassword({ session }: { session: Session }): JSX.Element {
  const { words } = useSpeech();
  const [isDone, setIsDone] = useState(false);
  const { isBusy, fault, act } = useAct({ FORBIDDEN: words.wrongCurrentPassword, INVALID: words.weakPassword });

  async function submit(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const read = readField(form);
    setIsDone(false);
    if (!(await act(() => session.changePassword(read("current"), read("next"))))) return;
    form.reset();
    setIsDone(true);
  }

  return (
    <form data-form="change-password" onSubmit={(event) => void submit(event)}>
      <h3>{words.changePassword}</h3>
      <Field name="current" type="password" label={words.currentPassword} autocomplete="current-password" />
      <Field
        name="next"
        type="password"
        label={words.newPassword}
        hint={words.passwordHint}
        minLength={passwordLengthMin}
        autocomplete="new-password"
      />
      <button type="submit" class="button quiet" disabled={isBusy}>
        {words.changePassword}
      </button>
      <p role="status">{isDone && words.passwordChanged}</p>
      <p class="fault" role="alert">
        {fault}
      </p>
    </form>
  );
}

function DeleteAccount({ session, onDeleted }: { session: Session; onDeleted: () => void }): JSX.Element {
  const { words } = useSpeech();
  const { isBusy, fault, act } = useAct({ FORBIDDEN: words.wrongCurrentPassword });
  const isGuest = session.account.email === null;

  async function submit(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const password = isGuest ? undefined : readField(event.currentTarget)("password");
    if (await act(() => session.deleteAccount(password))) onDeleted();
  }

  return (
    <details class="delete-account for-good">
      <summary>{words.deleteAccount}</summary>
      <form data-form="delete-account" onSubmit={(event) => void submit(event)}>
        <p class="hint">{words.deleteAccountText}</p>
        {!isGuest && (
          <Field name="password" type="password" label={words.currentPassword} autocomplete="current-password" />
        )}
        <button type="submit" class="button danger" disabled={isBusy}>
          {words.deleteForGood}
        </button>
        <p class="fault" role="alert">
          {fault}
        </p>
      </form>
    </details>
  );
}

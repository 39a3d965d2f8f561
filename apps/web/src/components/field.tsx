// One labelled input of a form; a password can be shown.
import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { useSpeech } from "../words/language.ts";

const kinds = { text: { type: "text" }, email: { type: "email" }, password: { type: "password" } } as const;

interface FieldProps {
  name: string;
  label: string;
  type?: keyof typeof kinds;
  hint?: string;
  autocomplete: "username" | "nickname" | "new-password" | "current-password";
  minLength?: number;
  maxLength?: number;
}

export function Field({ name, label, type = "text", hint, autocomplete, ...bounds }: FieldProps): JSX.Element {
  const id = useId();
  const { words } = useSpeech();
  const [isShown, setIsShown] = useState(false);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-box">
        <input
          id={id}
          name={name}
          {...kinds[isShown ? "text" : type]}
          autocomplete={autocomplete}
          autocapitalize="off"
          spellcheck={false}
          required
          aria-describedby={hint === undefined ? undefined : `${id}-hint`}
          {...bounds}
        />
        {type === "password" && (
          <button type="button" class="link" aria-pressed={isShown} onClick={() => setIsShown(!isShown)}>
            {isShown ? words.hidePassword : words.showPassword}
          </button>
        )}
      </div>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** What stands in the fields of a form, by their names. */
export function readField(form: HTMLFormElement): (name: string) => string {
  const fields = new FormData(form);
  return (name) => {
    const value = fields.get(name);
    return typeof value === "string" ? value : "";
  };
}

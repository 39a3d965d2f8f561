// The other ways in, below the form: its other faces, and other providers' accounts.
import type { SignInMethods } from "@parley/contracts";
import type { JSX } from "preact";
import { providerUrl } from "../auth.ts";
import { useSpeech } from "../words/language.ts";
import type { Face } from "./sign-in-form.tsx";

interface OtherWaysProps {
  face: Face;
  methods: SignInMethods;
  onFace: (face: Face) => void;
}

export function OtherWays({ face, methods, onFace }: OtherWaysProps): JSX.Element {
  const { words } = useSpeech();
  const other = face === "sign-up" ? "sign-in" : "sign-up";
  return (
    <>
      {(methods.password || face === "guest") && (
        <p class="other-face">
          {face === "sign-in" ? words.toSignUp : words.toSignIn}{" "}
          <button
            type="button"
            class="link"
            data-action="other-face"
            onClick={() => onFace(face === "guest" ? "sign-in" : other)}
          >
            {face === "sign-in" ? words.signUp : words.signIn}
          </button>
        </p>
      )}
      <div class="other-ways">
        {methods.guest && face !== "guest" && (
          <button type="button" class="button quiet wide" data-action="guest" onClick={() => onFace("guest")}>
            {words.asGuest}
          </button>
        )}
        {methods.oidc.map((name) => (
          <a key={name} class="button quiet wide" href={providerUrl(name)}>
            {words.withProvider(`${name[0]?.toLocaleUpperCase()}${name.slice(1)}`)}
          </a>
        ))}
      </div>
    </>
  );
}

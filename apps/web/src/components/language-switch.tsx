// To the other language.
import type { JSX } from "preact";
import { useSpeech } from "../words/language.ts";
import { Icon } from "./icons.tsx";

export function LanguageSwitch(): JSX.Element {
  const { language, words, switchLanguage } = useSpeech();
  return (
    <button
      type="button"
      class="link with-icon"
      data-action="language"
      lang={language === "en" ? "ko" : "en"}
      onClick={switchLanguage}
    >
      <Icon name="globe" />
      {words.otherLanguage}
    </button>
  );
}

// Which language is spoken: the chosen one, else the browser's.
import type { ErrorCode } from "@parley/contracts";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { english, type Words } from "./english.ts";
import { korean } from "./korean.ts";

export type Language = "en" | "ko";

export const languages: Record<Language, Words> = { en: english, ko: korean };

const storageKey = "parley.language";

export interface Speech {
  readonly language: Language;
  readonly words: Words;
  readonly switchLanguage: () => void;
}

export const SpeechContext = createContext<Speech>({ language: "en", words: english, switchLanguage: () => {} });

export function useSpeech(): Speech {
  return useContext(SpeechContext);
}

export function loadLanguage(): Language {
  const chosen = localStorage.getItem(storageKey) ?? navigator.language;
  return chosen.startsWith("ko") ? "ko" : "en";
}

export function saveLanguage(language: Language): void {
  localStorage.setItem(storageKey, language);
}

export function explain(words: Words, code: ErrorCode | undefined): string {
  const sentences: Partial<Record<ErrorCode | "other", string>> = words.errors;
  return (code && sentences[code]) ?? words.errors.other;
}

// What somebody does by a button or a form: one thing at a time, and a sentence if it fails.
import { ChatError } from "@parley/client";
import type { ErrorCode } from "@parley/contracts";
import { useState } from "preact/hooks";
import { explain, useSpeech } from "./words/language.ts";

export interface Act {
  readonly isBusy: boolean;
  readonly fault: string | undefined;
  /** Resolves to whether it was done. */
  readonly act: (task: () => Promise<unknown>) => Promise<boolean>;
  readonly forget: () => void;
}

/** @param sentences for codes that mean something special here */
export function useAct(sentences: Partial<Record<ErrorCode, string>> = {}): Act {
  const { words } = useSpeech();
  const [isBusy, setIsBusy] = useState(false);
  const [code, setCode] = useState<ErrorCode>();
  return {
    isBusy,
    fault: code && (sentences[code] ?? explain(words, code)),
    forget: () => setCode(undefined),
    async act(task) {
      setIsBusy(true);
      setCode(undefined);
      try {
        await task();
        return true;
      } catch (error) {
        setCode(error instanceof ChatError ? error.code : "INTERNAL");
        return false;
      } finally {
        setIsBusy(false);
      }
    },
  };
}

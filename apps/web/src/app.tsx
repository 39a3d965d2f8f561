// Who sees what: the sign-in screen, or the workspace of a session.
import { createChat, type Chat } from "@parley/client";
import type { ErrorCode } from "@parley/contracts";
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { isSignedOut, onSignedOutElsewhere, OtherAccount, restore, takeReturn, type Session } from "./auth.ts";
import { createTraceLog, type TraceLog } from "./trace-log.ts";
import { Entrance } from "./components/entrance.tsx";
import { SignIn } from "./components/sign-in.tsx";
import { Workspace } from "./components/workspace.tsx";
import { languages, loadLanguage, saveLanguage, SpeechContext, type Speech } from "./words/language.ts";

/** One signed-in session with its connection. */
export interface Seat {
  session: Session;
  chat: Chat;
  trace: TraceLog;
}

type Phase =
  | { is: "restoring" }
  | { is: "unreachable" }
  | { is: "other-account"; other: OtherAccount }
  | { is: "signed-out"; hasEnded: boolean; refusal?: ErrorCode | undefined }
  | { is: "signed-in"; seat: Seat };

export function App(): JSX.Element {
  const [phase, setPhase] = useState<Phase>({ is: "restoring" });
  const [refusal] = useState(takeReturn);
  const speech = useLanguage();

  const signedIn = (session: Session) => setPhase({ is: "signed-in", seat: takeSeat(session) });

  function load() {
    setPhase({ is: "restoring" });
    restore().then(
      (session) => (session ? signedIn(session) : setPhase({ is: "signed-out", hasEnded: false, refusal })),
      (error: unknown) =>
        setPhase(error instanceof OtherAccount ? { is: "other-account", other: error } : { is: "unreachable" }),
    );
  }
  useEffect(load, []);

  const seat = phase.is === "signed-in" ? phase.seat : undefined;
  useEffect(() => {
    if (!seat) return;
    const end = (hasEnded: boolean) => {
      void seat.chat.close();
      setPhase({ is: "signed-out", hasEnded });
    };
    const stops = [
      onSignedOutElsewhere(() => end(true)),
      seat.chat.connection.subscribe((state) => state.status === "closed" && state.code && end(true)),
    ];
    return () => stops.forEach((stop) => stop());
  }, [seat]);

  async function leave() {
    await seat?.chat.close();
    setPhase({ is: "signed-out", hasEnded: false });
  }

  async function signOut() {
    await leave();
    await seat?.session.signOut().catch((error: unknown) => {
      if (!isSignedOut(error)) console.warn("The server was not told of the sign-out:", error);
    });
  }

  return (
    <SpeechContext.Provider value={speech}>
      {phase.is === "signed-in" ? (
        <Workspace seat={phase.seat} onSignOut={() => void signOut()} onSignedOut={() => void leave()} />
      ) : phase.is === "signed-out" ? (
        <SignIn hasEnded={phase.hasEnded} refusal={phase.refusal} onSignedIn={signedIn} />
      ) : phase.is === "other-account" ? (
        <Entrance
          text={speech.words.otherAccount(phase.other.nickname)}
          actions={[
            [speech.words.goOnAs(phase.other.nickname), () => signedIn(phase.other.goOn())],
            [speech.words.signInAgain, () => setPhase({ is: "signed-out", hasEnded: false })],
          ]}
        />
      ) : phase.is === "unreachable" ? (
        <Entrance text={speech.words.errors.UNAVAILABLE} actions={[[speech.words.tryAgain, load]]} />
      ) : (
        <Entrance text={speech.words.restoring} actions={[]} />
      )}
    </SpeechContext.Provider>
  );
}

function takeSeat(session: Session): Seat {
  const { id, nickname } = session.account;
  const chat = createChat({
    url: "",
    accountId: id,
    senderName: nickname,
    getToken: (wanted) => session.getToken(wanted),
  });
  return { session, chat, trace: createTraceLog(chat) };
}

function useLanguage(): Speech {
  const [language, setLanguage] = useState(loadLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return useMemo(() => {
    const other = language === "en" ? "ko" : "en";
    const switchLanguage = () => {
      saveLanguage(other);
      setLanguage(other);
    };
    return { language, words: languages[language], switchLanguage };
  }, [language]);
}

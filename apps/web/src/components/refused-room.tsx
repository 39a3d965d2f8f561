// In place of a room's messages where the account may not read them, or not any more.
import type { JSX } from "preact";
import { useAct } from "../act.ts";
import { useSpeech } from "../words/language.ts";

interface RefusedRoomProps {
  /** They could be read until now. */
  wasRead: boolean;
  onJoin: () => Promise<void>;
}

export function RefusedRoom({ wasRead, onJoin }: RefusedRoomProps): JSX.Element {
  const { words } = useSpeech();
  const { isBusy, fault, act } = useAct({ FORBIDDEN: words.notOpen, NOT_FOUND: words.notOpen });
  return (
    <div class="empty refused">
      <div role="alert">
        <h2>{wasRead ? words.noLongerMember : words.roomRefused}</h2>
        <p>{wasRead ? words.noLongerMemberText : words.roomRefusedText}</p>
      </div>
      <button type="button" class="button" data-action="join" disabled={isBusy} onClick={() => void act(onJoin)}>
        {wasRead ? words.joinAgain : words.join}
      </button>
      <p class="fault" role="alert">
        {fault}
      </p>
    </div>
  );
}

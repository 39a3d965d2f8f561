// Where a room is joined by its name.
import { isRoomId } from "@parley/contracts";
import type { JSX, TargetedSubmitEvent } from "preact";
import { useId, useState } from "preact/hooks";
import { useSpeech } from "../words/language.ts";
import { readField } from "./field.tsx";
import { Icon } from "./icons.tsx";

export function JoinRoom({ onJoin }: { onJoin: (id: string) => void }): JSX.Element {
  const { words } = useSpeech();
  const [isWrong, setIsWrong] = useState(false);
  const faultId = useId();

  function submit(event: TargetedSubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const id = readField(form)("room").trim();
    setIsWrong(!isRoomId(id));
    if (!isRoomId(id)) return;
    form.reset();
    onJoin(id);
  }

  return (
    <form class="join-room" onSubmit={submit} noValidate>
      <Icon name="room" />
      <input
        name="room"
        aria-label={words.joinRoom}
        placeholder={words.joinPlaceholder}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        maxLength={128}
        aria-invalid={isWrong}
        aria-describedby={faultId}
        onInput={() => setIsWrong(false)}
      />
      <button type="submit" class="icon-button" aria-label={words.join} title={words.join}>
        <Icon name="join" />
      </button>
      <p class="fault" id={faultId} role="alert">
        {isWrong && words.roomNameWrong}
      </p>
    </form>
  );
}

// Who is signed in, and signing in with a key: a dialog that opens when the reader wants it,
// or when something that was asked needs a key.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { knock, letIn, type Knock } from "../service/door";
import { leave } from "./load";
import { sentence, tell } from "./notices";
import { enter, exchange, type Showing } from "./session";
import { may, session } from "./state";
import { words } from "./words";

/** show is how the key is shown to the service. */
export function SignIn({ show = exchange }: { show?: Showing }) {
  return (
    <div id="who">
      <Who />
      {knock.value && <Door {...knock.value} show={show} />}
    </div>
  );
}

function Who() {
  const now = session.value;
  if (now?.key) {
    return (
      <>
        <span title={now.roles.join(", ")}>{now.name}</span>
        <button id="sign-out" type="button" onClick={() => void signOut()}>
          {words.value.signOut}
        </button>
      </>
    );
  }
  if (!now || may("keys")) return null; // here nobody needs a key
  return (
    <button id="sign-in" type="button" onClick={() => void letIn(false)}>
      {words.value.signIn}
    </button>
  );
}

/** What was read with the key goes from the screen with it. */
async function signOut(): Promise<void> {
  try {
    await leave();
    location.reload();
  } catch (error) {
    tell({ id: "sign-out", kind: "fault", text: sentence(error) });
  }
}

function Door({ wanted, answer, show }: Knock & { show: Showing }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [fault, setFault] = useState("");
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const close = (isIn: boolean) => {
    dialog.current?.close(); // gives the focus back to where it was
    answer(isIn);
    if (!isIn && wanted && session.peek()?.key) void leave().catch(() => {}); // the session ended; the visitor goes on
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const key = new FormData(event.target as HTMLFormElement).get("key") as string;
    try {
      await enter(key.trim(), show);
      close(true);
    } catch (error) {
      setFault(sentence(error));
    }
  };
  return (
    <dialog ref={dialog} id="door" aria-labelledby="door-title" onCancel={() => close(false)}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="door-title">{words.value.signIn}</h2>
        {wanted && <p>{words.value.needsKey}</p>}
        <label>
          {words.value.key}
          <input name="key" type="password" autocomplete="current-password" required placeholder="gw_…" />
        </label>
        <p class="quiet">{words.value.whereKeysComeFrom}</p>
        <p class="fault" role="alert">
          {fault}
        </p>
        <p class="buttons">
          <button type="button" onClick={() => close(false)}>
            {words.value.cancel}
          </button>
          <button class="main">{words.value.signIn}</button>
        </p>
      </form>
    </dialog>
  );
}

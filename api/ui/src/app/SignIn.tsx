// Who is signed in, and signing in with a key: a dialog that opens when the reader wants it,
// or when something that was asked needs a key.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { city } from "../map/MapView";
import { service, settle } from "../service/client";
import { knock, letIn, type Knock } from "../service/door";
import { leave, load } from "./load";
import { sentence, tell } from "./notices";
import { layers, may, session } from "./state";
import { words } from "./words";

export function SignIn() {
  return (
    <div id="who">
      <Who />
      {knock.value && <Door {...knock.value} />}
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

function Door({ wanted, answer }: Knock) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [fault, setFault] = useState("");
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const close = (isIn: boolean) => {
    dialog.current?.close(); // gives the focus back to where it was
    answer(isIn);
    if (!isIn && wanted && session.peek()?.key) void leave().catch(() => {}); // the session ended; the visitor goes on
  };
  const enter = async (event: SubmitEvent) => {
    event.preventDefault();
    const key = new FormData(event.target as HTMLFormElement).get("key") as string;
    try {
      await signIn(key.trim());
      close(true);
    } catch (error) {
      setFault(sentence(error));
    }
  };
  return (
    <dialog ref={dialog} id="door" aria-labelledby="door-title" onCancel={() => close(false)}>
      <form onSubmit={(event) => void enter(event)}>
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

/** Exchanges a key for a cookie, which no script can read; the key itself is kept nowhere. */
async function signIn(key: string): Promise<void> {
  session.value = await settle(service.POST("/v1/session", { headers: { Authorization: `Bearer ${key}` } }));
  if (layers.peek().length === 0) return; // they are on their way
  void load();
  city.peek()?.refresh(() => null);
}

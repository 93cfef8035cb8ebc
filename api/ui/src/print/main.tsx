// The sheet of an area, to print: print.html?area=layer/code&edition=3. It draws its own
// map, so that it needs no WebGL.

import { render } from "preact";
import { load } from "../app/load";
import { Notices } from "../app/notices";
import { edition, layers } from "../app/state";
import { Sheet } from "./Sheet";
import { words } from "./words";
import "@fontsource/noto-sans-sc/400.css";
import "./print.css";

const asked = new URLSearchParams(location.search);
const [layer = "", code = ""] = /^([^/]*)\/(.*)$/.exec(asked.get("area") ?? "")?.slice(1) ?? [];
edition.value = Number(asked.get("edition")) || null;

render(<Page />, document.getElementById("app") ?? document.body);
void load();

function Page() {
  return (
    <>
      {!code ? <p class="fault">{words.value.unnamed}</p> : layers.value.length > 0 ? <Sheet of={{ layer, code }} /> : <p role="status">{words.value.wait}</p>}
      <Notices />
    </>
  );
}

// The page inside another screen: it answers who is responsible and hands the decision back.

import "@fontsource/noto-sans-sc/400.css";
import { render } from "preact";
import { load } from "../app/load";
import { Embed } from "./Embed";
import "../app/style.css";
import "../call/call.css";
import "./embed.css";

render(<Embed />, document.getElementById("app") ?? document.body);
void load();

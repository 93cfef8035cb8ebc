// The page inside another screen: it answers who is responsible and hands the decision back.

import "@fontsource/noto-sans-sc/400.css";
import { render } from "preact";
import { load } from "../app/load";
import { Embed } from "./Embed";
import { given } from "./given";
import { takeKeys } from "./key";
import "../app/style.css";
import "../call/call.css";
import "./embed.css";

if (given.origin !== null) takeKeys(given.origin); // before this page is loaded: the screen around may hand one over then
render(<Embed />, document.getElementById("app") ?? document.body);
void load();

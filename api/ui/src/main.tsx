// The page: one frame, three workplaces (the call-taker's, the planner's, the duty officer's).

import { render } from "preact";
import { keepAddress } from "./app/address";
import { App } from "./app/App";
import { load } from "./app/load";
import { follow } from "./map/changes";
import { city } from "./map/MapView";
import "./app/style.css";

keepAddress();
render(<App />, document.getElementById("app") ?? document.body);
void load().then((sequence) => follow(sequence, (changed) => city.peek()?.refresh(changed)));

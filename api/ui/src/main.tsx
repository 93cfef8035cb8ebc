// The page: one frame, three workplaces (the call-taker's, the planner's, the duty officer's).

import { render } from "preact";
import { keepAddress } from "./app/address";
import { App, fetchRooms } from "./app/App";
import { keepLive } from "./app/live";
import { load } from "./app/load";
import "./app/style.css";

keepAddress();
render(<App />, document.getElementById("app") ?? document.body);
void load().then((sequence) => {
  keepLive(sequence);
  fetchRooms();
});

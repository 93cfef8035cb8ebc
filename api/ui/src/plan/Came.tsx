// What came of the last thing that was done with a draft as a whole.

import { came } from "./desk";

export function Came() {
  return (
    <div role="status">
      {came.value !== "" && (
        <p id="came" class="came">
          {came.value}
        </p>
      )}
    </div>
  );
}

// What the lines and marks of the map mean, under it.

import { titleOf } from "../area/facts";
import { layers } from "../app/state";
import type { Frame } from "./frame";
import type { Facts } from "./gather";
import { aboveWidth, color, insideWidth, outlineWidth } from "./look";
import { clipped } from "./labels";
import type { Mark } from "./marks";

const row = 56;
const columns = 3;
const gap = 26; // under the map
const half = 17; // of the length of a line, and of a mark

/** A sign, drawn about its middle, and what it means. */
export interface Sign {
  name: string;
  count?: number;
  path: string;
  fill?: string;
  stroke?: string;
  width?: number;
}

/** The lines first, from the strongest, then the marks. */
export function signsOf({ area, inside, above }: Facts, marks: Mark[]): Sign[] {
  const { layer } = area.properties;
  const line = (of: string, stroke: string, width: number): Sign => ({ name: titleOf(of), path: `M${-half} 0h${2 * half}`, stroke, width });
  const chain = layers.value.find(({ name }) => name === layer)?.chain ?? [];
  const at = chain.indexOf(layer);
  return [
    line(layer, color.outline, outlineWidth),
    ...chain.slice(at + 1, at + 1 + above.length).map((name, rank) => line(name, color.above, aboveWidth(rank))),
    ...(inside[0] ? [line(inside[0].properties.layer, color.inside, insideWidth)] : []),
    ...marks.map(({ name, count, color: fill, shape }) => ({ name, count, fill, path: shape(0, 0, half - 2) })),
  ];
}

export function legendHeight(signs: Sign[]): number {
  return gap + Math.ceil(signs.length / columns) * row;
}

export function Legend({ signs, frame }: { signs: Sign[]; frame: Frame }) {
  const rows = Math.ceil(signs.length / columns);
  return (
    <g font-size={30}>
      {signs.map(({ name, count, path, fill = "none", stroke, width }, i) => (
        <g key={name} transform={`translate(${Math.floor(i / rows) * (frame.width / columns) + 24} ${frame.height + gap + ((i % rows) + 0.5) * row})`}>
          <path d={path} fill={fill} stroke={stroke} stroke-width={width} />
          <text x={34} y={11}>
            {clipped(name, 15)} <tspan fill="#5b6876">{count}</tspan>
          </text>
        </g>
      ))}
    </g>
  );
}

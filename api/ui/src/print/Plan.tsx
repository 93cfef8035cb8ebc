// The map of a sheet as one SVG drawing with its legend. Everything it needs is in its
// attributes, so that it looks the same on paper, on the screen and as a picture.

import type { ComponentChildren } from "preact";
import { type Area, called, linesIn } from "../area/facts";
import type { Position } from "../area/shape";
import { type Frame, onPaper, pathOf, roundLength } from "./frame";
import type { Facts } from "./gather";
import { type Label, labelOf, lengthOf, textsOf, visibleRun, widthOf } from "./labels";
import { Legend, legendHeight, signsOf } from "./Legend";
import { aboveWidth, color, ink, insideWidth, outlineWidth } from "./look";
import { type Mark, placesOf, radiusFor } from "./marks";
import { words } from "./words";

const font = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';

interface Drawn {
  facts: Facts;
  marks: Mark[];
}

export function Plan({ facts, marks }: Drawn) {
  const { frame, area } = facts;
  const signs = signsOf(facts, marks);
  const own = onPaper(linesIn(area), frame);
  return (
    <svg id="plan" xmlns="http://www.w3.org/2000/svg" viewBox={`0 0 ${frame.width} ${frame.height + legendHeight(signs)}`} role="img" aria-label={words.value.mapOf(called(area))} font-family={font} fill={ink}>
      <clipPath id="frame">
        <rect width={frame.width} height={frame.height} />
      </clipPath>
      <g clip-path="url(#frame)">
        <rect width={frame.width} height={frame.height} fill={color.ground} />
        <path d={pathOf(own)} fill={isLine(area) ? "none" : color.own} fill-rule="evenodd" />
        <Roads roads={facts.roads} frame={frame} />
        <Borders of={facts.inside} frame={frame} stroke={color.inside} width={insideWidth} />
        <Borders of={facts.around} frame={frame} stroke={color.border} width={4} />
        {facts.above.map((areas, rank) => (
          <Borders key={rank} of={areas} frame={frame} stroke={color.above} width={aboveWidth(rank)} />
        ))}
        <path d={pathOf(own)} fill="none" stroke={color.outline} stroke-width={outlineWidth} stroke-linejoin="round" />
        <Assets facts={facts} marks={marks} />
        <RoadNames roads={facts.roads} frame={frame} />
        <Names facts={facts} />
      </g>
      <rect x={2} y={2} width={frame.width - 4} height={frame.height - 4} fill="none" stroke={ink} stroke-width={4} />
      <North frame={frame} />
      <Scale frame={frame} />
      <Legend signs={signs} frame={frame} />
    </svg>
  );
}

function isLine({ geometry }: Area): boolean {
  return (geometry as { type: string }).type.endsWith("LineString");
}

interface Lines {
  of: Area[];
  frame: Frame;
  stroke: string;
  width: number;
}

function Borders({ of, frame, stroke, width }: Lines) {
  return <path d={of.map((area) => pathOf(onPaper(linesIn(area), frame))).join("")} fill="none" stroke={stroke} stroke-width={width} stroke-linejoin="round" />;
}

const roadWidth = 12;
const roadLetters = 22;

function Roads({ roads, frame }: { roads: Area[]; frame: Frame }) {
  const all = roads.map((road) => pathOf(onPaper(linesIn(road), frame))).join("");
  return (
    <g fill="none" stroke-linecap="round" stroke-linejoin="round">
      <path d={all} stroke={color.casing} stroke-width={roadWidth + 4} />
      <path d={all} stroke={color.road} stroke-width={roadWidth} />
    </g>
  );
}

/** Each name of a road once, along the longest piece that has room for it. */
function RoadNames({ roads, frame }: { roads: Area[]; frame: Frame }) {
  const named = new Map<string, Position[]>();
  for (const road of roads) {
    const { name } = road.properties;
    const run = visibleRun(onPaper(linesIn(road), frame), [0, 0, frame.width, frame.height]);
    if (name && lengthOf(run) > Math.max(roadLetters * (widthOf(name) + 2), lengthOf(named.get(name) ?? []))) named.set(name, run);
  }
  return (
    <g font-size={roadLetters} fill="#6b5f45" text-anchor="middle" {...halo(5)}>
      {[...named].map(([name, run], i) => (
        <g key={name}>
          <path id={`road-${i}`} d={pathOf([run])} fill="none" stroke="none" />
          <text dy={roadLetters * 0.36}>
            <textPath href={`#road-${i}`} startOffset="50%">
              {name}
            </textPath>
          </text>
        </g>
      ))}
    </g>
  );
}

function Assets({ facts: { frame }, marks }: Drawn) {
  const r = radiusFor(marks.reduce((n, { count }) => n + count, 0));
  return (
    <g stroke="#ffffff" stroke-width={r / 5}>
      {marks.toReversed().map((mark) => (
        <path key={mark.name} fill={mark.color} d={placesOf(mark, frame, r)} />
      ))}
    </g>
  );
}

const inset = 24; // units that names keep from the frame

function Names({ facts: { area, around, inside, frame } }: { facts: Facts }) {
  const room = [inset, inset, frame.width - inset, frame.height - inset] as const;
  const label = (one: Area, largest?: number) => {
    const { name, code, parent } = one.properties;
    return labelOf(onPaper(linesIn(one), frame), [...room], textsOf(name, code, parent), largest);
  };
  const others = around.filter(({ properties }) => properties.code !== area.properties.code);
  return (
    <g text-anchor="middle">
      {others.map((one) => (
        <Name key={one.id} label={label(one)} fill="#4a5866" />
      ))}
      {inside.length > 0 ? inside.map((one) => <Name key={one.id} label={label(one, 28)} fill={ink} />) : <Name label={label(area, 44)} fill={color.outline} />}
    </g>
  );
}

function Name({ label, fill }: { label: Label | null; fill: string }) {
  return (
    label && (
      <text x={label.at[0]} y={label.at[1] - label.size * 0.55 * (label.lines.length - 1)} font-size={label.size} fill={fill} {...halo(label.size / 4)}>
        {label.lines.map((line, i) => (
          <tspan key={i} x={label.at[0]} dy={i === 0 ? label.size * 0.36 : label.size * 1.12} font-weight={i === 0 ? 600 : 400}>
            {line}
          </tspan>
        ))}
      </text>
    )
  );
}

/** Letters keep readable on lines by a rim in the colour of paper. */
function halo(width: number) {
  return { stroke: "#ffffff", "stroke-width": width, "stroke-linejoin": "round", "paint-order": "stroke" } as const;
}

function Plate({ x, y, width, height, children }: { x: number; y: number; width: number; height: number; children: ComponentChildren }) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect width={width} height={height} rx={8} fill="#ffffff" fill-opacity={0.88} />
      {children}
    </g>
  );
}

function North({ frame }: { frame: Frame }) {
  return (
    <Plate x={frame.width - 100} y={24} width={76} height={130}>
      <path d="M38 14L62 84L38 68L14 84z" />
      <text x={38} y={118} font-size={30} text-anchor="middle" font-weight={600}>
        {words.value.north}
      </text>
    </Plate>
  );
}

function Scale({ frame }: { frame: Frame }) {
  const metres = roundLength(frame.unitsPerMetre, 420);
  const long = metres * frame.unitsPerMetre;
  const told = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  return (
    <Plate x={24} y={frame.height - 94} width={long + 60} height={70}>
      <path d={`M30 38v14h${long}v-14M${30 + long / 2} 44v8`} fill="none" stroke={ink} stroke-width={4} />
      <path d={`M30 48h${long / 2}v6h${-long / 2}z`} />
      <text x={30 + long / 2} y={30} font-size={26} text-anchor="middle">
        {told}
      </text>
    </Plate>
  );
}

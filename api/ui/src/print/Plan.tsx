// The map of a sheet as one SVG drawing with its legend. Everything it needs is in its
// attributes, so that it looks the same on paper, on the screen and as a picture.

import type { ComponentChildren } from "preact";
import { type Area, called, linesIn } from "../area/facts";
import type { Position } from "../area/shape";
import { type Frame, onPaper, pathOf, roundLength } from "./frame";
import type { Facts } from "./gather";
import { clipped, type Label, labelOf, lengthOf, visibleRun, widthOf } from "./labels";
import { type Mark, placesOf, radiusFor } from "./marks";
import { words } from "./words";

const font = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';
const ink = "#1d2b3a";
const color = { ground: "#f6f4ee", own: "#fffbe8", border: "#8797a8", inside: "#7d8b99", above: "#183f6d", outline: "#b3261e", casing: "#cfc5ad", road: "#ffffff" };

const legendRow = 58;
const legendColumns = 3;

interface Drawn {
  facts: Facts;
  marks: Mark[];
}

export function Plan({ facts, marks }: Drawn) {
  const { frame, area } = facts;
  const height = frame.height + (marks.length > 0 ? 30 + Math.ceil(marks.length / legendColumns) * legendRow : 0);
  const own = onPaper(linesIn(area), frame);
  return (
    <svg id="plan" xmlns="http://www.w3.org/2000/svg" viewBox={`0 0 ${frame.width} ${height}`} width={frame.width} height={height} role="img" aria-label={words.value.mapOf(called(area))} font-family={font} fill={ink}>
      <clipPath id="frame">
        <rect width={frame.width} height={frame.height} />
      </clipPath>
      <g clip-path="url(#frame)">
        <rect width={frame.width} height={frame.height} fill={color.ground} />
        <path d={pathOf(own)} fill={isLine(area) ? "none" : color.own} fill-rule="evenodd" />
        <Roads roads={facts.roads} frame={frame} />
        <Borders of={facts.inside} frame={frame} stroke={color.inside} width={2.5} dashes="12 6" />
        <Borders of={facts.around} frame={frame} stroke={color.border} width={3.5} />
        {facts.above.map((areas, rank) => (
          <Borders key={rank} of={areas} frame={frame} stroke={color.above} width={6 + 3 * rank} dashes={rank === 0 ? "40 12 6 12" : "60 14 6 14 6 14"} />
        ))}
        <path d={pathOf(own)} fill="none" stroke={color.outline} stroke-width={11} stroke-linejoin="round" />
        <Assets facts={facts} marks={marks} />
        <Names facts={facts} />
      </g>
      <rect width={frame.width} height={frame.height} fill="none" stroke={ink} stroke-width={4} />
      <North frame={frame} />
      <Scale frame={frame} />
      <Legend marks={marks} frame={frame} />
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
  dashes?: string;
}

function Borders({ of, frame, stroke, width, dashes }: Lines) {
  return <path d={of.map((area) => pathOf(onPaper(linesIn(area), frame))).join("")} fill="none" stroke={stroke} stroke-width={width} stroke-dasharray={dashes} stroke-linejoin="round" />;
}

const roadWidth = 12;
const roadLetters = 22;

function Roads({ roads, frame }: { roads: Area[]; frame: Frame }) {
  const drawn = roads.map(({ properties: { name } }, i) => ({ name, lines: onPaper(linesIn(roads[i] as Area), frame) }));
  const all = pathOf(drawn.flatMap(({ lines }) => lines));
  const named = new Map<string, Position[]>();
  for (const { name, lines } of drawn) {
    const run = visibleRun(lines, [0, 0, frame.width, frame.height]);
    if (name && lengthOf(run) > Math.max(roadLetters * (widthOf(name) + 2), lengthOf(named.get(name) ?? []))) named.set(name, run);
  }
  return (
    <g fill="none" stroke-linecap="round" stroke-linejoin="round">
      <path d={all} stroke={color.casing} stroke-width={roadWidth + 4} />
      <path d={all} stroke={color.road} stroke-width={roadWidth} />
      {[...named].map(([name, run], i) => (
        <g key={name}>
          <path id={`road-${i}`} d={pathOf([run])} />
          <text font-size={roadLetters} fill="#6b5f45" text-anchor="middle" dy={roadLetters * 0.36} {...halo(4)}>
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
  const label = (one: Area, largest?: number) => labelOf(onPaper(linesIn(one), frame), [...room], one.properties.name, one.properties.code, largest);
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

function Legend({ marks, frame }: { marks: Mark[]; frame: Frame }) {
  const column = frame.width / legendColumns;
  const rows = Math.ceil(marks.length / legendColumns);
  return (
    <g font-size={30}>
      {marks.map(({ name, color, shape, count }, i) => {
        const [x, y] = [Math.floor(i / rows) * column, frame.height + 30 + (i % rows) * legendRow + legendRow / 2];
        return (
          <g key={name}>
            <path d={shape(x + 24, y, 16)} fill={color} />
            <text x={x + 56} y={y + 11}>
              {clipped(name, 13.5)} <tspan fill="#5b6876">{count}</tspan>
            </text>
          </g>
        );
      })}
    </g>
  );
}

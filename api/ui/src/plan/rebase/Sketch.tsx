// A small drawing of areas, with the borders that are not as they were.

import type { Position } from "geojson";
import { boxAround } from "../mark";
import { keyOf, pieces, ringsOf, type Area } from "./borders";

const width = 116;
const height = 116;

interface Props {
  side: string;
  title: string;
  areas: Area[];
  beside: Area[]; // of all drawings that stand side by side: they share one scale
  against: Area[]; // what it is compared with; none: nothing is marked
}

export function Sketch({ side, title, areas, beside, against }: Props) {
  const place = scale(beside);
  const path = (points: Position[]) => `M${points.map((p) => place(p).join(" ")).join("L")}`;
  const known = new Set(against.flatMap(ringsOf).flatMap(pieces).map(keyOf));
  const news = against.length === 0 ? [] : areas.flatMap(ringsOf).flatMap(pieces).filter((piece) => !known.has(keyOf(piece)));
  return (
    <figure class={`sketch ${side}`}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title}: ${areas.map((a) => a.properties.code).join(" ")}`}>
        {areas.map((a) => (
          <path key={a.properties.code} class="ground" d={ringsOf(a).map(path).join("")} />
        ))}
        {areas.map((a) => {
          const [x, y] = place(middle(ringsOf(a)[0] ?? []));
          return (
            <text key={a.properties.code} x={x} y={y}>
              {a.properties.code.slice(-4)}
            </text>
          );
        })}
        <path class="news" d={news.map(path).join("")} />
      </svg>
      <figcaption>{title}</figcaption>
    </figure>
  );
}

function middle(ring: Position[]): Position {
  const [west, south, east, north] = boxAround(ring, 0);
  return [(west + east) / 2, (south + north) / 2];
}

/** Places degrees in the drawing, as wide in metres as high. */
function scale(areas: Area[]): (p: Position) => [x: number, y: number] {
  const [west, south, east, north] = boxAround(areas.map((a) => a.geometry.coordinates), 0.0001);
  const narrow = Math.cos(((south + north) * Math.PI) / 360);
  const factor = Math.min(width / ((east - west) * narrow), height / (north - south));
  const round = (n: number) => Math.round(n * 10) / 10;
  return ([x, y]) => [round(width / 2 + (x! - (west + east) / 2) * narrow * factor), round(height / 2 - (y! - (south + north) / 2) * factor)];
}

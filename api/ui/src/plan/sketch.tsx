// A small drawing of areas, with the borders that are not as they were.

import type { Schema } from "../service/client";
import { boxAround } from "./mark";

type Area = Schema<"AreaFeature">;
type Point = [x: number, y: number];

const width = 220;
const height = 160;

interface Props {
  title: string;
  areas: Area[];
  beside: Area[]; // of all drawings that stand side by side: they share one scale
  against: Area[]; // what it is compared with; none: nothing is marked
}

/** The lowest layer is drawn: the borders of those above run along it. */
export function Sketch({ title, areas, beside, against }: Props) {
  const lowest = lowestOf(beside);
  const drawn = areas.filter((a) => a.properties.layer === lowest);
  const place = scale(beside.filter((a) => a.properties.layer === lowest));
  const path = (points: Point[]) => `M${points.map((p) => place(p).join(" ")).join("L")}`;
  const known = new Set(against.flatMap(rings).flatMap(pieces).map(key));
  const news = against.length === 0 ? [] : drawn.flatMap(rings).flatMap(pieces).filter((piece) => !known.has(key(piece)));
  return (
    <figure class="sketch">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title}: ${drawn.map((a) => a.properties.code).join(" ")}`}>
        {drawn.map((a) => (
          <path key={a.properties.code} class="ground" d={rings(a).map(path).join("")} />
        ))}
        {drawn.map((a) => {
          const [x, y] = place(middle(rings(a)[0] ?? []));
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

/** The layer with the most areas among them, which is the lowest. */
function lowestOf(areas: Area[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { properties } of areas) counts.set(properties.layer, (counts.get(properties.layer) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

function rings({ geometry: { type, coordinates } }: Area): Point[][] {
  if (type === "Polygon" || type === "MultiLineString") return coordinates as Point[][];
  if (type === "MultiPolygon") return (coordinates as Point[][][]).flat();
  return [coordinates as Point[]];
}

function pieces(ring: Point[]): [Point, Point][] {
  return ring.slice(1).map((to, i) => [ring[i]!, to]);
}

/** The same for a piece of a border whichever side it is told from. */
function key([a, b]: [Point, Point]): string {
  return [a.join(), b.join()].toSorted().join(" ");
}

function middle(ring: Point[]): Point {
  const [west, south, east, north] = boxAround(ring, 0);
  return [(west + east) / 2, (south + north) / 2];
}

/** Places degrees in the drawing, as wide in metres as high. */
function scale(areas: Area[]): (p: Point) => Point {
  const [west, south, east, north] = boxAround(areas.map((a) => a.geometry.coordinates), 0.0001);
  const narrow = Math.cos(((south + north) * Math.PI) / 360);
  const factor = Math.min(width / ((east - west) * narrow), height / (north - south));
  const round = (n: number) => Math.round(n * 10) / 10;
  return ([x, y]) => [round(width / 2 + (x - (west + east) / 2) * narrow * factor), round(height / 2 - (y - (south + north) / 2) * factor)];
}

// Everything that stands on a sheet, but for the assets, which may be many.

import { edition, layers, type AreaRef, type Box } from "../app/state";
import { type Area, areaOf, areasIn, linesIn, type Neighbour, neighboursOf, parentsOf, postsOf } from "../area/facts";
import { boundsOf, type Position } from "../area/shape";
import { Refusal, service, settle, type Schema } from "../service/client";
import { frameOf, type Frame } from "./frame";

export interface Facts {
  area: Area;
  parents: Area[];
  neighbours: Neighbour[];
  inside: Area[]; // of the layer below
  around: Area[]; // of its own layer, on the map
  above: Area[][]; // of the layers above, on the map, the lowest first
  roads: Area[]; // on the map
  posts: Schema<"Post">[];
  size: number | undefined; // square metres; a line has none, nor is it known while the database is away
  edition: Schema<"EditionRecord"> | undefined; // undefined before the first, and while the database is away
  frame: Frame;
}

export async function gather(of: AreaRef, signal: AbortSignal): Promise<Facts> {
  const area = await areaOf(of, signal);
  const frame = frameOf(boundsOf(linesIn(area)));
  const all = layers.peek();
  const own = all.find(({ name }) => name === of.layer);
  const below = own && all.find(({ parent }) => parent === own.name);
  const ancestors = own ? own.chain.slice(own.chain.indexOf(own.name) + 1) : [];
  const on = (layer: string) => areasIn(layer, frame.box, signal);
  const [parents, around, inside, above, roads, history, published] = await Promise.all([
    parentsOf(area, signal),
    on(of.layer),
    below ? on(below.name) : [],
    Promise.all(ancestors.map(on)),
    Promise.all(all.filter(({ kind, name }) => kind === "line" && name !== of.layer).map(({ name }) => on(name))),
    unlessAway(settle(service.GET("/v1/layers/{layer}/areas/{code}/history", { params: { path: of, query: { depth: 0 } }, signal }))),
    unlessAway(editionOf(signal)),
  ]);
  const version = history?.versions.find(({ from_edition }) => from_edition === area.properties.since_edition);
  return {
    area,
    parents,
    neighbours: neighboursOf(area, around),
    inside: inside.filter(({ properties }) => properties.parent === of.code),
    around,
    above,
    roads: roads.flat(),
    posts: await postsOf(area, parents, signal),
    size: version?.area_m2,
    edition: published,
    frame,
  };
}

/** What only the database knows: while it is away a sheet is printed without. */
function unlessAway<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof Refusal && error.status === 503) return undefined;
    throw error;
  });
}

async function editionOf(signal: AbortSignal): Promise<Schema<"EditionRecord"> | undefined> {
  if (edition.value !== null) return settle(service.GET("/v1/editions/{edition}", { params: { path: { edition: edition.value } }, signal }));
  return (await settle(service.GET("/v1/editions", { params: { query: { limit: 1 } }, signal }))).editions[0];
}

const compass = ["e", "ne", "n", "nw", "w", "sw", "s", "se"] as const;
export type Direction = (typeof compass)[number];

/** In which direction a place lies, seen from the middle of a box. */
export function directionTo([lon, lat]: Position, [west, south, east, north]: Box): Direction {
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const angle = Math.atan2(lat - (south + north) / 2, (lon - (west + east) / 2) * narrow);
  return compass[(Math.round((angle * 4) / Math.PI) + 8) % 8] ?? "n";
}

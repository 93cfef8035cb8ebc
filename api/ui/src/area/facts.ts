// What the service knows of an area, gathered for its card and for the sheet to print.

import type { Geometry } from "geojson";
import { type AreaRef, asOf, type Box, categories, departments, layers, may } from "../app/state";
import type { Cell } from "../app/csv";
import { service, settle, type Schema } from "../service/client";
import { everyPage } from "../service/pages";
import { bilingual, language } from "../words/language";
import { borderOf, boundsOf, linesOf, type Position, roomIn, type Shared, sharedWith } from "./shape";

export type Area = Schema<"AreaFeature">;
export type Asset = Schema<"AssetFeature">;

const whole: Box = [-180, -90, 180, 90];

/** The lines of a feature: the types made of openapi.yaml hold any geometry. */
export function linesIn(feature: { geometry: unknown }): Position[][] {
  return linesOf(feature.geometry as Geometry | null);
}

export async function areaOf({ layer, code }: AreaRef, signal?: AbortSignal): Promise<Area> {
  return settle(service.GET("/v1/layers/{layer}/areas/{code}", { params: { path: { layer, code }, query: asOf.peek() }, ...(signal && { signal }) }));
}

/** The area's parent, the parent's parent and so on, as far as there are. */
export async function parentsOf(area: Area, signal?: AbortSignal): Promise<Area[]> {
  const { layer, parent } = area.properties;
  const above = layers.peek().find(({ name }) => name === layer)?.parent;
  if (!parent || !above) return [];
  const next = await areaOf({ layer: above, code: parent }, signal);
  return [next, ...(await parentsOf(next, signal))];
}

/** The areas of a layer that meet a box. */
export async function areasIn(layer: string, box: Box, signal?: AbortSignal): Promise<Area[]> {
  const found: Area[] = [];
  const ask = (after?: string) => {
    const query = { ...asOf.peek(), bbox: box.join(), limit: 1_000, ...(after !== undefined && { after }) };
    return settle(service.GET("/v1/layers/{layer}/areas", { params: { path: { layer }, query }, ...(signal && { signal }) }));
  };
  for await (const page of everyPage(ask)) found.push(...page);
  return found;
}

/** An area beside another, and the border they share. */
export interface Neighbour extends Shared {
  area: Area;
}

/** Those of the areas that share a border with one, the longest first. Areas that touch at a corner share none. */
export function neighboursOf(area: Area, around: Area[]): Neighbour[] {
  const border = borderOf(linesIn(area));
  return around
    .filter(({ properties }) => properties.code !== area.properties.code)
    .flatMap((other) => {
      const shared = sharedWith(border, linesIn(other));
      return shared ? [{ area: other, ...shared }] : [];
    })
    .sort((a, b) => b.metres - a.metres);
}

/** How many assets a page holds. */
export const assetPage = 2_000;

/** The assets of an area, page by page. */
export function assetsIn({ layer, code }: AreaRef, signal?: AbortSignal): AsyncGenerator<Asset[], void, undefined> {
  return everyPage((after) => {
    const query = { ...asOf.peek(), within: `${layer}/${code}`, limit: assetPage, ...(after !== undefined && { after }) };
    return settle(service.GET("/v1/assets", { params: { query }, ...(signal && { signal }) }));
  });
}

/**
 * Who is on duty now for an area or one it lies in. The service tells this of a place, so a
 * place inside is asked about; posts of the smaller areas there are left out.
 */
export async function postsOf(area: Area, parents: Area[], signal?: AbortSignal): Promise<Schema<"Post">[]> {
  const at = roomIn(linesIn(area), whole)?.at ?? linesIn(area)[0]?.[0];
  if (!at || !may("read")) return [];
  const { posts } = await settle(service.GET("/v1/duty", { params: { query: { lon: at[0], lat: at[1] } }, ...(signal && { signal }) }));
  const own = new Set([area, ...parents].map(({ properties }) => `${properties.layer}/${properties.code}`));
  const of = layers.peek().find(({ name }) => name === area.properties.layer);
  const isLowest = of?.chain[0] === of?.name;
  const isGroup = ({ layer }: Schema<"Post">) => !layers.peek().some(({ name }) => name === layer);
  return posts.filter((post) => own.has(`${post.layer}/${post.code}`) || (isLowest && isGroup(post)));
}

/** What a department is called: by its name where it is known. */
export function nameOf(department: string | null | undefined): string {
  return department ? (departments.value.get(department)?.name ?? department) : "–";
}

/** The name of a category in the reader's language. */
function categoryName({ standard, kind, category }: Asset["properties"]): string {
  const entry = categories.value.find((one) => one.standard === standard && one.kind === kind && one.code === category);
  return (language.value === "en" && entry?.name_en) || entry?.name || category;
}

/** What a layer is called. */
export function titleOf(layer: string): string {
  return layers.value.find(({ name }) => name === layer)?.title ?? layer;
}

/** An area by its name and code; some have no name of their own. */
export function called({ properties: { name, code } }: Area): string {
  return name && name !== code ? `${name} ${code}` : code;
}

export interface Kind {
  key: string;
  name: string;
  assets: Asset[];
}

/** Assets by category, the most frequent first. */
export function byCategory(assets: Asset[]): Kind[] {
  const groups = new Map<string, Asset[]>();
  for (const asset of assets) {
    const { standard, kind, category } = asset.properties;
    const key = `${standard} ${kind} ${category}`;
    const members = groups.get(key);
    if (members) members.push(asset);
    else groups.set(key, [asset]);
  }
  const kinds = [...groups].map(([key, members]) => ({ key, name: categoryName((members[0] as Asset).properties), assets: members }));
  return kinds.sort((a, b) => b.assets.length - a.assets.length || a.key.localeCompare(b.key));
}

/** What stands on the ground of an asset, as a row under assetHeader. */
export function assetRow(asset: Asset): Cell[] {
  const { standard, category, name, state, authority, owner, maintainer } = asset.properties;
  const [lon, lat] = boxMiddle(asset);
  return [asset.id, standard, category, categoryName(asset.properties), name, state ?? "", authority ?? "", nameOf(authority), owner ?? "", maintainer ?? "", lon, lat];
}

/** The middle of what an asset covers; for most it is a point. */
export function boxMiddle({ geometry }: { geometry: unknown }): Position {
  const shape = geometry as Geometry;
  if (shape.type === "Point") return shape.coordinates as Position;
  const [west, south, east, north] = boundsOf(linesOf(shape));
  return [(west + east) / 2, (south + north) / 2];
}

/** What the columns of assetRow are called. */
export const assetHeader = bilingual(
  ["id", "standard", "category", "category name", "name", "state", "authority", "authority name", "owner", "maintainer", "longitude", "latitude"],
  ["标识", "标准", "类别代码", "类别", "名称", "状态", "主管代码", "主管部门", "权属", "养护", "经度", "纬度"],
);

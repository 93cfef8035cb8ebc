// Reads tiles of the archive at a URL as a web page does: by ranges. Each line of the input
// is z/x/y; each line of the output is the tile as base64, empty where there is none, after
// one line with header and metadata.
import { createInterface } from "node:readline";
import { FetchSource, PMTiles } from "pmtiles";

const archive = new PMTiles(new FetchSource(process.env.ARCHIVE));
console.log(JSON.stringify({ header: await archive.getHeader(), metadata: await archive.getMetadata() }));
for await (const line of createInterface({ input: process.stdin })) {
  const tile = await archive.getZxy(...line.split("/").map(Number));
  console.log(tile ? Buffer.from(tile.data).toString("base64") : "");
}

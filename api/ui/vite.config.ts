import { defineConfig } from "vite";

// `npm run dev` serves the page with a running gridwarden behind it.
const service = "http://127.0.0.1:8080";

export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the page's security policy allows no inline content
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500, // MapLibre
    rolldownOptions: {
      input: ["index.html", "embed.html", "print.html"],
      output: { codeSplitting: { groups: [{ name: "maplibre", test: /node_modules[\\/]maplibre-gl/ }] } },
    },
  },
  server: { proxy: { "/v1": service, "/tiles": service, "/basemap": service } },
});

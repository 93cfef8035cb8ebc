import { defineConfig, type Plugin } from "vite";

// `npm run dev` serves the page with a running gridwarden behind it.
const service = "http://127.0.0.1:8080";

// The font comes as woff too, for browsers that cannot run this page anyway.
const withoutWoff: Plugin = {
  name: "without-woff",
  enforce: "pre",
  transform: (css, id) => (id.includes("@fontsource") ? css.replaceAll(/,\s*url\([^)]*\.woff\) format\('woff'\)/g, "") : undefined),
};

export default defineConfig({
  base: "./",
  plugins: [withoutWoff],
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

import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

// The application serves dist/ under /static/; everything a page needs comes from there and nothing from elsewhere.
export default defineConfig({
  base: "/static/",
  esbuild: { jsx: "automatic", legalComments: "none" },
  worker: { format: "es" },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // An inlined asset becomes a data: URL, which the content security policy allows for fonts and images only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 6000,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { graphiql: fileURLToPath(new URL("graphiql.html", import.meta.url)) } },
  },
});

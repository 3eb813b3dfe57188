import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const page = (name) => fileURLToPath(new URL(name, import.meta.url));

// The application serves dist/ under /static/; everything a page needs comes from there and nothing from elsewhere.
export default defineConfig({
  base: "/static/",
  logLevel: "warn",
  esbuild: { jsx: "automatic" },
  worker: { format: "es" },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // Most of it is the editor, which is one piece.
    chunkSizeWarningLimit: 6000,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { graphiql: page("graphiql.html") },
      onwarn(warning, warn) {
        // Libraries mark modules for servers that render React; there is none here.
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
  },
});

// The SDK as one file for a script tag: the global `Parley`.
import { defineConfig } from "vite";

export default defineConfig({
  resolve: { conditions: ["development", "browser"] },
  build: {
    lib: { entry: "src/index.ts", name: "Parley", formats: ["iife"], fileName: () => "parley.js" },
    outDir: "dist/browser",
    sourcemap: true,
    target: "es2023",
  },
});

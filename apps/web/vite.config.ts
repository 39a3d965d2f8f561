// The web client as static files. Development: `npx vite apps/web` beside `npm start`, whose origin answers the rest.
import { preact } from "@preact/preset-vite";
import { defineConfig } from "vite";

const origin = process.env["PARLEY_ORIGIN"] ?? "http://localhost:8080";
const services = "^/(ws|server|auth|rooms|[^/@.]+/messages)(/|\\?|$)";

export default defineConfig({
  plugins: [preact()],
  resolve: { conditions: ["development", "browser"] },
  build: {
    target: "es2023",
    // Nothing inline: the page's policy allows only files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
  },
  server: { proxy: { [services]: { target: origin, ws: true } } },
});

#!/usr/local/bin/node
// Stands in for PostgreSQL's own, which the embedded distribution lacks: whether something listens.
const socket = require("node:net").connect(5432, "127.0.0.1");
socket.on("connect", () => process.exit(0)).on("error", () => process.exit(2));

import { runDemo } from "@countersign/world/demo";

const stop = new AbortController();
process.on("SIGINT", () => stop.abort());
process.exitCode = await runDemo({ once: true, json: false, signal: stop.signal });

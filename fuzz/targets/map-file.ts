// SPDX-License-Identifier: Apache-2.0
import { decodeBytes } from "@countersign/trust/decode";
import { consult, mapFile as decoder, type Said } from "@countersign/trust/tuf/map-file";
import { promised, type Target } from "../target.ts";

const seed = {
  repositories: { one: ["https://one.example"], two: ["https://two.example", "https://mirror.example"] },
  mapping: [
    { paths: ["a/*", "*.txt"], repositories: ["one", "two"], threshold: 2, terminating: true },
    { paths: ["*"], repositories: ["two"] },
  ],
};

const hashes = { sha256: "0".repeat(64) };
const target = { length: 1, hashes } as unknown as Extract<Said, { ok: true }>["value"];

/** Map files (TAP 4): a client asks only the repositories of its map, each once, and enough of them agree. */
export const mapFile: Target = {
  name: "map-file",
  corpus: [],
  seeds: [Buffer.from(JSON.stringify(seed))],
  form: "json",
  turn: 2000,
  prepare: () => (input) => {
    const read = decodeBytes(decoder, input, "map file");
    if (!read.ok) return read;
    const asked = new Set<string>();
    const search = consult(read.value, "a/b.txt");
    let next = search.next();
    while (!next.done) {
      promised(Object.hasOwn(read.value.repositories, next.value) && !asked.has(next.value), `asks ${next.value}`);
      asked.add(next.value);
      next = search.next({ ok: true, value: target });
    }
    if (next.value.ok)
      promised(
        next.value.value.repositories.every((name) => asked.has(name)),
        "an agreement of those who were not asked",
      );
    return next.value;
  },
};

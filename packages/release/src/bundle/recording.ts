// SPDX-License-Identifier: Apache-2.0
import { pipeline, Readable, Transform } from "node:stream";
import { accept } from "@countersign/trust/refusal";
import type { Network } from "@countersign/updater/network";

/** A way to a repository that keeps the documents that it brings, by path. Artifacts go by: they are too large for memory, and are had by digest. */
export interface Recording extends Network {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** From now on what is kept is answered from here: whoever looks next is shown the same state. */
  hold(): void;
}

export function recording(bases: readonly string[], network: Network): Recording {
  const files = new Map<string, Uint8Array>();
  let held: ReadonlyMap<string, Uint8Array> = new Map();
  return {
    files,
    hold: () => {
      held = new Map(files);
    },
    get: async (fetching) => {
      const base = bases.find((each) => fetching.url.startsWith(`${each}/`)) ?? "";
      const path = fetching.url.slice(base.length + 1);
      const kept = held.get(path);
      if (kept !== undefined) return accept({ status: 200, headers: {}, body: Readable.from([kept]) });
      const answer = await network.get(fetching);
      if (!answer.ok || answer.value.status !== 200 || path.startsWith("artifacts/")) return answer;
      const chunks: Uint8Array[] = [];
      const tee = new Transform({
        transform: (chunk: Uint8Array, _, done) => {
          chunks.push(chunk);
          done(null, chunk);
        },
        flush: (done) => {
          files.set(path, Buffer.concat(chunks)); // a mirror that was refused gives way to the next one's answer
          done();
        },
      });
      const body = pipeline(answer.value.body, tee, () => undefined); // whoever reads it is told of errors
      return accept({ ...answer.value, body });
    },
    [Symbol.dispose]: () => network[Symbol.dispose](),
  };
}

// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { accept } from "@countersign/trust/refusal";
import type { Network } from "../network.ts";
import type { Bundle } from "./bundle-file.ts";

/** What stands before the paths of a bundle, where a server's address would. */
export const bundleBase = "bundle:";

/** The way to a repository that was carried here in a bundle: 404 for what is not in it, and nothing else is ever asked. */
export function bundleNetwork({ file, places }: Bundle): Network {
  return {
    get: async ({ url }) => {
      const place = places.get(url.slice(`${bundleBase}/`.length));
      if (place === undefined) return accept({ status: 404, headers: {}, body: Readable.from([]) });
      const { start, size } = place;
      const body = size === 0 ? Readable.from([]) : createReadStream(file, { start, end: start + size - 1 });
      return accept({ status: 200, headers: {}, body });
    },
    [Symbol.dispose]: () => undefined,
  };
}

// SPDX-License-Identifier: Apache-2.0
import { open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { RenewalStore } from "./grant-source.ts";

/** A daemon's renewal in a file of its own, written durably: temporary file, fsync, rename, fsync of the directory. */
export function renewalFile(path: string): RenewalStore {
  return {
    async read() {
      try {
        return await readFile(path, "utf8");
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined; // it never had one
        throw error;
      }
    },
    async keep(renewal) {
      const temporary = `${path}.new`;
      const file = await open(temporary, "w", 0o600);
      await file.writeFile(renewal);
      await file.sync();
      await file.close();
      await rename(temporary, path);
      const directory = await open(dirname(path));
      await directory.sync();
      await directory.close();
    },
  };
}

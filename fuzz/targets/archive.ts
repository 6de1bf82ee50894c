// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entryChecks } from "@countersign/updater/archive-entry-checks";
import { unpack } from "@countersign/updater/unpack";
import { promised, type Target } from "../target.ts";

const limits = { unpackedBytes: 64 * 1024, files: 16, pathLength: 300, depth: 8 };

/** Whole archives, unpacked on disk: never a byte above the limits, never a file outside. */
export const archive: Target = {
  name: "archive",
  corpus: ["archive"],
  form: "bytes",
  turn: 16,
  prepare: () => {
    const directory = mkdtempSync(join(tmpdir(), "countersign-fuzz-"));
    process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
    const [file, outside] = [join(directory, "archive"), join(directory, "outside")];
    const destination = join(outside, "destination");
    return async (input) => {
      await mkdir(destination, { recursive: true, mode: 0o700 });
      await writeFile(file, input);
      const unpacked = await unpack(file, destination, limits, entryChecks);
      promised((await readdir(outside)).length === 1, "something beside the destination");
      if (unpacked.ok) {
        const total = unpacked.value.files.reduce((sum, { length }) => sum + length, 0);
        promised(total <= limits.unpackedBytes && unpacked.value.files.length <= limits.files, "more than the limits allow");
      }
      await rm(outside, { recursive: true, force: true });
      return unpacked;
    };
  },
};

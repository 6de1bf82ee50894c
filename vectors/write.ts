// SPDX-License-Identifier: Apache-2.0
// Makes every file of vectors again.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { vectorFiles } from "./files.ts";
import { textOf } from "./vector.ts";

for (const { path, cases } of vectorFiles) await writeFile(join(import.meta.dirname, path), textOf(await cases()));

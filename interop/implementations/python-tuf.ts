// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { Implementation } from "../implementation.ts";
import { ask, cacheDirectory, run } from "../program.ts";

const environment = join(cacheDirectory, "python");
const python = join(environment, "bin", "python");
const program = join(import.meta.dirname, "..", "python", "program.py");
const requirements = join(import.meta.dirname, "..", "python", "requirements.txt");

/** python-tuf, the reference implementation, from PyPI into a virtual environment. */
export const pythonTuf: Implementation = {
  name: "python-tuf",
  async install() {
    const made = await run("python3", ["-m", "venv", environment]);
    if (!made.ok) return `no python3 with venv: ${made.complaint}`;
    const installed = await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements]);
    return installed.ok ? undefined : `pip: ${installed.complaint}`;
  },
  write: (_, featuresFile, directory) => ask(python, [program, "write", featuresFile, directory]),
  read: ({ featuresFile, directory, url }, work) => ask(python, [program, "read", featuresFile, url, directory, work]),
};

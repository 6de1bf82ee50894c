// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { Implementation } from "../implementation.ts";
import { ask, cacheDirectory, run } from "../program.ts";

const target = join(cacheDirectory, "rust");
const program = join(target, "debug", "program");
const source = join(import.meta.dirname, "..", "rust");

/** tough, from crates.io. It reads directories; its HTTP client is a part of its own that is not built here. */
export const tough: Implementation = {
  name: "tough",
  async install() {
    const built = await run("cargo", ["build", "--quiet", "--locked"], { CARGO_TARGET_DIR: target }, source);
    return built.ok ? undefined : `cargo build: ${built.complaint}`;
  },
  write: (_, featuresFile, directory) => ask(program, ["write", featuresFile, directory]),
  read: ({ featuresFile, directory }, work) => ask(program, ["read", featuresFile, directory, work]),
};

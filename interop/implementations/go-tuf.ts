// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { Implementation } from "../implementation.ts";
import { ask, cacheDirectory, run } from "../program.ts";

const program = join(cacheDirectory, "go", "program");
const source = join(import.meta.dirname, "..", "go");

/** go-tuf v2, from the Go module proxy. */
export const goTuf: Implementation = {
  name: "go-tuf",
  async install() {
    const env = {
      GOCACHE: join(cacheDirectory, "go-build"),
      GOMODCACHE: join(cacheDirectory, "go-mod"),
      GOFLAGS: "-mod=readonly -modcacherw",
    };
    const built = await run("go", ["build", "-o", program, "."], env, source);
    return built.ok ? undefined : `go build: ${built.complaint}`;
  },
  write: (_, featuresFile, directory) => ask(program, ["write", featuresFile, directory]),
  read: ({ featuresFile, directory, url }, work) => ask(program, ["read", featuresFile, url, directory, work]),
};

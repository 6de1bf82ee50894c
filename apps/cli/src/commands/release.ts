// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { withProject } from "../site.ts";
import { publish, sign } from "./release-follow.ts";
import { order } from "./release-order.ts";
import { propose } from "./release-propose.ts";
import { approve, diff } from "./release-review.ts";
import { show, status } from "./release-show.ts";

export function release(program: Command): void {
  const noun = program.command("release").description("a release, from a directory to the devices");
  for (const [name, add] of Object.entries({ propose, show, diff, approve, sign, publish, order, status }))
    add(withProject(noun.command(name)));
}

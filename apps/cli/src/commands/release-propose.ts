// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { accept } from "@countersign/trust/refusal";
import { ship } from "@countersign/world/ship";
import type { Command } from "commander";
import { commitOf } from "../commit.ts";
import { each } from "../each.ts";
import { healthOf } from "../health.ts";
import { openSite, type SiteOptions } from "../site.ts";
import { short } from "../text.ts";
import { verb } from "../verb.ts";

interface Options extends SiteOptions {
  readonly version: string;
  readonly platform: string;
  readonly health?: string;
  readonly expect?: string;
  readonly commit?: string;
  readonly urgent?: true;
  readonly epochUp?: true;
  readonly privilege?: readonly string[];
}

export function propose(command: Command): void {
  command
    .description("pack a directory, attest it in the builder's process, and propose it with the pipeline's key")
    .argument("<dir>", "what devices get, as it is")
    .requiredOption("--version <version>", "what people call it")
    .option("--platform <name>", "what it runs on", `${process.platform}-${process.arch}`)
    .option("--health <cmd>", "a program inside the directory, and arguments: exit 0 is well (default: bin/PRODUCT --version)")
    .option("--expect <text>", "what the health check must print besides")
    .option("--commit <hex>", "the source commit it was built from (default: that of the directory)")
    .option("--urgent", "a shorter soak, for one more approval")
    .option("--epoch-up", "raise the rollback floor: devices that confirm it never go back before it")
    .option("--privilege <name>", "something that devices must grant it", each);
  verb<Options>(
    command,
    'release propose dist --version 1.1.0 --health "bin/hello --version" --expect 1.1.0',
    async (options, screen, dir = "") => {
      const site = await openSite(options);
      if (!site.ok) return site;
      const { project, running } = site.value;
      const directory = resolve(dir);
      const health = await healthOf(directory, options.health ?? `bin/${project.plan.product} --version`, options.expect);
      if (!health.ok) return health;
      const { version, platform, urgent = false, epochUp = false, privilege: privileges = [] } = options;
      screen.progress("packing, building, attesting ...");
      const commit = options.commit ?? (await commitOf(directory));
      const draft = { version, platform, urgent, epochUp, privileges, health: health.value, commit, directory };
      const proposed = await ship(project, running, {
        ...draft,
        onBuilt: ({ name, length, provenance }) =>
          screen.say(`built ${name}, ${length} bytes; provenance ${short(provenance)} is in the ledger`),
      });
      if (!proposed.ok) return proposed;
      const { digest, statement } = proposed.value;
      return accept({
        json: { digest, statement },
        text: `proposed ${statement.product} ${version}: sequence ${statement.sequence}, epoch ${statement.epoch}\ndigest ${digest}\nNext: countersign release approve ${short(digest)} --as ${project.plan.people[0]}`,
      });
    },
  );
}

// SPDX-License-Identifier: Apache-2.0
import { attestBuild } from "@countersign/build/attester";
import { accept } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { verb } from "../verb.ts";

export function build(program: Command): void {
  const command = program.command("build").description("in CI: say what was built, from what");
  const attest = command
    .command("attest")
    .description("sign provenance with a key made in this job, certified for minutes; upload it and what was built, and have it logged")
    .argument("<config>", "a JSON file: what was built, and how the job gets its key certified (duties/build/README.md)");
  verb<object>(attest, "build attest build.json", async (_, { say }, config) => {
    const delivered = await attestBuild(config, process.env);
    if (!delivered.ok) return delivered;
    const { artifacts, provenance } = delivered.value;
    for (const { name, sha256, length } of artifacts) say(`${sha256}  ${name} (${length} bytes)`);
    return accept({ json: delivered.value, text: `Provenance ${provenance} is in the ledger. Next: countersign release propose` });
  });
}

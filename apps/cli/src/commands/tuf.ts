// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from "@countersign/trust/check";
import { accept } from "@countersign/trust/refusal";
import type { Trusted } from "@countersign/trust/tuf/trusted";
import { initialise } from "@countersign/updater/tuf/client";
import type { DownloadedTarget } from "@countersign/updater/tuf/target-download";
import type { Command } from "commander";
import { plain } from "../plain.ts";
import { readOption } from "../read-option.ts";
import type { Screen } from "../screen.ts";
import { trailText } from "../text.ts";
import { verb } from "../verb.ts";
import { withClient } from "./tuf-client.ts";
import { missing, type TufOptions, withRepository, withStore, withTargets } from "./tuf-options.ts";

export function tuf(program: Command): void {
  // Options are taken before the verb too, as the conformance suite of TUF gives them.
  const noun = withTargets(program.command("tuf")).option("--json").description("a plain TUF client, for any TUF repository");
  init(withStore(noun.command("init")));
  refresh(withRepository(noun.command("refresh")));
  download(withTargets(noun.command("download")));
}

function init(command: Command): void {
  command.description("begin with a root that came some safe way, and not from the repository").argument("<root>", "its root.json");
  verb<TufOptions>(command, "tuf init root.json --metadata-dir trusted", async (options, _, file = "") => {
    const told = missing(options, "metadataDir");
    if (!told.ok) return told;
    const { metadataDir = "" } = options;
    const bytes = await readOption("tuf init", file);
    if (!bytes.ok) return bytes;
    const begun = await initialise(metadataDir, bytes.value);
    if (!begun.ok) return begun;
    const { version } = begun.value.root.signed;
    const next = `countersign tuf refresh --metadata-dir ${metadataDir} --metadata-url URL`;
    return accept({ json: { root: version }, text: `root ${version} is trusted in ${metadataDir}\nNext: ${next}` });
  });
}

function refresh(command: Command): void {
  command.description("bring the metadata up to date, in the order of TUF's client workflow");
  const example = "tuf refresh --metadata-dir trusted --metadata-url https://updates.example/metadata";
  verb<TufOptions>(command, example, (options, screen) =>
    withClient(options, screen, async (client) => {
      const { verdicts, outcome } = await client.refresh();
      explain(verdicts, options, screen);
      if (!outcome.ok) return outcome;
      const { value } = outcome;
      if ("root" in value) return accept({ json: versionsOf(value), text: versionsText(value) });
      const json = Object.fromEntries([...value].map(([name, trusted]) => [name, versionsOf(trusted)]));
      return accept({ json, text: [...value].map(([name, trusted]) => `${plain(name)}: ${versionsText(trusted)}`).join("\n") });
    }),
  );
}

function download(command: Command): void {
  command.description("bring the metadata up to date, then fetch targets, one after the other; those that are there already are kept");
  const example =
    "tuf download --metadata-dir trusted --metadata-url https://updates.example/metadata --target-base-url https://updates.example/targets --target-dir . --target-name tool/linux-x64";
  verb<TufOptions>(command, example, async (options, screen) => {
    const told = missing(options, "targetDir", "targetName", ...(options.map === undefined ? (["targetBaseUrl"] as const) : []));
    if (!told.ok) return told;
    const { targetDir = "", targetName = [] } = options;
    return await withClient(options, screen, async (client) => {
      const downloaded: DownloadedTarget[] = [];
      for (const path of targetName) {
        const { verdicts, outcome } = await client.download(path, targetDir);
        explain(verdicts, options, screen);
        if (!outcome.ok) return outcome;
        screen.say(`${outcome.value.cached ? "had it already" : "downloaded"}: ${plain(outcome.value.file)}`);
        downloaded.push(outcome.value);
      }
      const json = downloaded.map(({ path, file, cached, target }) => ({ path, file, cached, ...target }));
      return accept({ json, text: `${downloaded.length} of ${targetName.length} targets` });
    });
  });
}

function versionsOf({ root, timestamp, snapshot, targets }: Trusted): Readonly<Record<string, number | undefined>> {
  const files = { root, timestamp, snapshot, targets: targets.get("targets") };
  return Object.fromEntries(Object.entries(files).map(([role, file]) => [role, file?.signed.version]));
}

function versionsText(trusted: Trusted): string {
  return Object.entries(versionsOf(trusted))
    .map((version) => version.join(" "))
    .join(", ");
}

/** The trail, where it is wanted; and always what was wrong with the client's own files. */
function explain(verdicts: readonly Verdict[], { verbose }: TufOptions, screen: Screen): void {
  if (verbose) screen.say(trailText(verdicts));
  for (const { check, found } of verdicts)
    if (check.startsWith("store/")) screen.say(`the kept ${plain(check.slice("store/".length))}.json was of no use: ${plain(found)}`);
}

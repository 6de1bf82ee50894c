// SPDX-License-Identifier: Apache-2.0
import { type PasskeyFile, writePasskeyFile } from "@countersign/release/passkey/passkey-file";
import { registerPasskey } from "@countersign/release/passkey/register-passkey";
import { keyidOf } from "@countersign/trust/key";
import { accept, type Outcome } from "@countersign/trust/refusal";
import { keepPasskey } from "@countersign/world/approver-key";
import { openProject } from "@countersign/world/project";
import type { Command } from "commander";
import { number } from "../number.ts";
import { onPage } from "../open-page.ts";
import { type SiteOptions, withProject } from "../site.ts";
import { verb } from "../verb.ts";

interface Options extends SiteOptions {
  readonly as: string;
  readonly port: number;
  readonly browser?: boolean;
}

export function passkey(command: Command): void {
  withProject(command)
    .description("make a passkey to approve with, on a page of this machine; keep its public half in a file")
    .argument("[file]", "a file for it (default: in the project, with what else that person has there)")
    .requiredOption("--as <name>", "whose it is")
    .option("--port <port>", "of the page on which it will approve, which goes into the policy", number(1024, 65_535), 7391)
    .option("--no-browser", "do not start a browser, only print the page's address");
  verb<Options>(command, "key passkey alice.json --as alice", async ({ as, port, project, browser }, screen, file) => {
    const keep = await keeper(project, file);
    if (!keep.ok) return keep;
    const made = await registerPasskey({ name: as, origin: `http://localhost:${port}`, now: Date.now(), ...onPage(screen, browser) });
    if (!made.ok) return made;
    const kept = await keep.value(made.value);
    const keyid = keyidOf(made.value.key);
    const { key, synced } = made.value;
    return accept({
      json: { keyid, file: kept, synced, key },
      text: `${keyid}\na passkey of ${as}${synced ? ", which may be copied to their other machines" : ""}; its public half is in ${kept}\nNext: it goes into the policy, as a key of ${as}: countersign init --approver-key ${as}=FILE, or, where there is one, countersign policy approver ${as}=FILE --out policy.json`,
    });
  });
}

/** Where it is kept, found before anybody is asked for anything. */
async function keeper(project: string | undefined, file: string | undefined): Promise<Outcome<(passkey: PasskeyFile) => Promise<string>>> {
  if (file !== undefined)
    return accept(async (made) => {
      await writePasskeyFile(file, made);
      return file;
    });
  const opened = await openProject(project ?? process.cwd());
  return opened.ok ? accept((made) => keepPasskey(opened.value, made)) : opened;
}

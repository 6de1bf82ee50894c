// SPDX-License-Identifier: Apache-2.0
import { type Offboarding, reviewClient } from "@countersign/release/review-client";
import { accept } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { type Acting, asPerson } from "../as-person.ts";
import { openSite, type SiteOptions } from "../site.ts";
import { table } from "../table.ts";
import { bold, short } from "../text.ts";
import { verb } from "../verb.ts";

interface Transferring extends Acting {
  readonly to: string;
  readonly deputy: string;
}

export function transfer(command: Command): void {
  command
    .description("hand an identity over to another owner; what the one before did with it stays theirs")
    .argument("<name>")
    .requiredOption("--as <person>", "its owner; its deputy, where the owner has left")
    .requiredOption("--to <person>", "the next owner")
    .requiredOption("--deputy <person>", "the next deputy");
  verb<Transferring>(command, "identity transfer ci --as dia --to ann --deputy ben", (options, screen, name = "") =>
    asPerson(options, screen, async ({ client, key, of }) => {
      const done = await client.transfer(key, of(name, { owner: options.to, deputy: options.deputy }));
      return done.ok ? accept({ json: done.value, text: `${name} is ${options.to}'s; ${options.deputy} is deputy` }) : done;
    }),
  );
}

export function link(command: Command): void {
  command
    .description("declare two accounts to be one human's, or a person to be one of those who share an account: it only ever forbids")
    .argument("<account>")
    .argument("<other>")
    .requiredOption("--as <person>", "who says so; it holds when one of the two does, or two others")
    .option("--member", "<other> is one of those who share <account>");
  verb<Acting & { readonly member?: true }>(
    command,
    "identity link ann ann-private --as ann",
    (options, screen, account = "", other = "") =>
      asPerson(options, screen, async ({ client, key, of }) => {
        const done = await client.link(key, of(account, { other, as: options.member === true ? "member" : "same" }));
        if (!done.ok) return done;
        const held = done.value.holds ? "It holds." : "It holds when a second person says so.";
        return accept({ json: done.value, text: `${account} and ${other} are declared to be in one hand. ${held}` });
      }),
  );
}

export function offboard(command: Command): void {
  command
    .description("somebody leaves: what they answered for comes into other hands or ends, and what they said counts no more")
    .argument("<person>")
    .requiredOption("--as <person>", "anybody else")
    .requiredOption("--reason <text>", "why");
  verb<Acting & { readonly reason: string }>(
    command,
    'identity offboard dia --as ann --reason "left the company"',
    (options, screen, person = "") =>
      asPerson(options, screen, async ({ client, key, of }) => {
        const done = await client.offboard(key, of(person, { reason: options.reason }));
        if (!done.ok) return done;
        const { handovers, withdrawn, closedWindows, tooLate } = done.value;
        const moved = handovers.map(({ identity, to }) => `${identity}: ${handoverText[to]}`);
        const lines = [
          `${person} has left.`,
          ...moved,
          ...withdrawn.map((digest) => `${short(digest)}: what they said of it is withdrawn`),
          ...closedWindows.map((id) => `${id}: closed`),
          ...tooLate.map(
            (digest) =>
              `${short(digest)}: logged with their word in it; to stop it: countersign revoke ${short(digest)} --as ${options.as} --reason TEXT`,
          ),
        ];
        return accept({ json: done.value, text: `${lines.join("\n")}\n\n${leftToDo(done.value)}` });
      }),
  );
}

const handoverText = {
  hands: "suspended, in other hands; to go on: countersign identity renew NAME --as SOMEBODY-ELSE --review-by DATE",
  deputy: "goes on, with another deputy",
  retired: "retired: nobody who is left may own it",
} as const;

export function leaver(command: Command): void {
  command
    .description("what is left to do after somebody left: keys that wait for a ceremony, secrets they could have read")
    .argument("<person>");
  verb<SiteOptions>(command, "identity leaver dia", async (options, _, person = "") => {
    const site = await openSite(options);
    if (!site.ok) return site;
    const found = await reviewClient(site.value.running.govern).offboarding(person);
    return found.ok ? accept({ json: found.value, text: leftToDo(found.value) }) : found;
  });
}

function leftToDo({ person, rotations, seen }: Offboarding): string {
  const keys = rotations.map(({ keyid, roles, ceremony }) => [keyid.slice(0, 8), roles.join(", "), ceremony]);
  const keysText =
    keys.length === 0
      ? `No key of ${person} is trusted any more.`
      : `${bold("Keys still trusted")}\n${table(["key", "stands for", "signed anew"], keys)}\nNext: countersign key ceremony open next.event --role root|targets --replace KEYID=FILE`;
  const secrets = seen.map(({ identity, from, until }) => [identity, from.slice(0, 10), until?.slice(0, 10) ?? "now"]);
  const seenText =
    secrets.length === 0
      ? `${person} answered for no identity.`
      : `${bold("Could have read the secrets of")}\n${table(["identity", "from", "until"], secrets)}\nMake new what it proves itself with, whoever has it now.`;
  return `${keysText}\n\n${seenText}`;
}

// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "commander";
import { program } from "./program.ts";

/** Every command with the words that call it; the nouns too. */
function all(command: Command, words: readonly string[] = []): { readonly words: readonly string[]; readonly command: Command }[] {
  const path = [...words, command.name()];
  return [{ words: path, command }, ...command.commands.flatMap((below) => all(below, path))];
}

function helpOf(command: Command): string {
  const written: string[] = [];
  command.configureOutput({ writeOut: (text) => written.push(text) }).outputHelp();
  return written.join("");
}

const commands = all(await program());
const verbs = commands.filter(({ command }) => command.commands.length === 0);

test("the commands are those of the design, and no others", () => {
  assert.deepEqual(
    verbs.map(({ words }) => words.slice(1).join(" ")),
    [
      ...["demo", "init", "up"],
      "build attest",
      ...["propose", "show", "diff", "approve", "sign", "publish", "order", "status"].map((verb) => `release ${verb}`),
      ...["init", "check", "install", "status", "explain", "rollback", "run"].map((verb) => `device ${verb}`),
      ...["create", "verify", "install"].map((verb) => `bundle ${verb}`),
      ...["register", "list", "show", "suspend", "renew", "retire", "explain", "transfer", "link", "offboard", "leaver"].map(
        (verb) => `identity ${verb}`,
      ),
      ...["govern verify", "govern export", "govern restore"],
      ...["window open", "window approve", "window close", "window list"],
      ...["call", "cancel", "review", "list"].map((verb) => `window break-glass ${verb}`),
      ...["start", "list", "confirm", "remove", "status"].map((verb) => `review ${verb}`),
      "grant list",
      ...[
        "revoke",
        "brake status",
        "brake confirm",
        "policy show",
        "policy diff",
        "policy approver",
        "trust",
        "blast-radius",
        "key create",
        "key show",
        "key list",
        "key review",
        "key rotate",
        "key passkey",
      ],
      ...["open", "show", "sign", "join", "finish"].map((verb) => `key ceremony ${verb}`),
      ...["status", "findings", "explain", "calibrate"].map((verb) => `observe ${verb}`),
      ...["ledger verify", "ledger tail", "ledger prove", "ledger audit"],
      ...["init", "refresh", "download"].map((verb) => `tuf ${verb}`),
    ],
  );
});

test("the help of every verb says what it does, has an example of itself, and takes --json", () => {
  for (const { words, command } of verbs) {
    const help = helpOf(command);
    assert.match(help, new RegExp(`Example:\n {2}\\$ ${words.join(" ")}`), words.join(" "));
    assert.match(help, /--json/, words.join(" "));
    assert.ok(command.description().length > 10, words.join(" "));
  }
});

test("every example is a command line that its own verb understands", () => {
  for (const { words, command } of verbs) {
    const example = /\$ countersign (.*?)\s*$/m.exec(helpOf(command))?.[1] ?? "";
    const given = [...example.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((word) => word.slice(1).find((part) => part !== undefined) ?? "");
    const { unknown } = command.parseOptions(given.slice(words.length - 1));
    const unread = command.name() === "run" ? [] : unknown;
    assert.deepEqual(unread, [], example);
    for (const option of command.options.filter(({ mandatory }) => mandatory))
      assert.ok(example.includes(option.long ?? ""), `${example} lacks ${option.long}`);
  }
});

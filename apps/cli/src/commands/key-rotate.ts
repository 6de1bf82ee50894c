// SPDX-License-Identifier: Apache-2.0
import { recordPath } from "@countersign/custody/place";
import { RecordFile } from "@countersign/custody/record/record-file";
import { readHalf, readReference } from "@countersign/custody/reference";
import { accept, refuse } from "@countersign/trust/refusal";
import type { Command } from "commander";
import { type MakingOptions, makeKey, withMaking } from "../key-making.ts";
import { ceremoniesFor, standingOf } from "../key-standing.ts";
import { keyAnswer } from "../key-text.ts";
import { plain } from "../plain.ts";
import { type SiteOptions, withProject } from "../site.ts";
import { verb } from "../verb.ts";

/** The old key goes on signing until the documents that name it name its successor: nothing stands still, and nothing is deleted. */
export function rotate(command: Command): void {
  withMaking(
    withProject(
      command
        .description("make a key's successor, with its owner and purpose, and say what has to be signed before it takes over")
        .argument("<file>", "the key that goes; it stays in use until then")
        .argument("<successor>", "a new file"),
    ),
  );
  const example = "key rotate stable-1.key stable-1b.key --passphrase-file stable-1b.pass";
  verb<MakingOptions & SiteOptions>(command, example, async (options, _, file = "", successor = "") => {
    const old = RecordFile.open(recordPath(file));
    if (!old.ok) return old;
    const { keyid, owner, purpose, limit, successor: named } = old.value.read();
    if (named !== null) return refuse("key-succeeded", "a key without a successor", `${named} follows it`, "Rotate that one instead.");
    const half = await readHalf(file);
    if (!half.ok) return half;
    const reference = await readReference(file);
    if (!reference.ok) return reference;
    const { label, ...place } = { label: undefined, ...reference.value?.place };
    const algorithm = half.value.algorithm;
    const made = await makeKey(successor, { ...place, algorithm, owner, purpose, limit, ...options });
    if (!made.ok) return made;
    const { key, record } = made.value;
    const marked = old.value.succeededBy(key.keyid);
    if (!marked.ok) return marked;
    const standing = await standingOf(keyid, options.project);
    const stands = standing.ok ? standing.value : [];
    const next = ceremoniesFor(keyid, stands, successor, owner);
    const { json, text } = keyAnswer(key, record, key.attestation);
    return accept({
      json: { ...(json as object), replaces: keyid, standing: standing.ok ? stands : undefined, next },
      text: [text, "", `It replaces ${keyid}, which stays in use until then.`, ...whatFollows(standing.ok, stands, next)].join("\n"),
    });
  });
}

function whatFollows(isKnown: boolean, stands: Parameters<typeof ceremoniesFor>[1], next: readonly string[]): readonly string[] {
  if (!isKnown)
    return ["No project is at hand: wherever root, targets or policy name it, they are signed anew (countersign key ceremony open)."];
  if (next.length === 0) return ["Neither root nor targets nor policy names it. Logs and witnesses stand in root's countersign member."];
  const named = stands.map(({ document, as }) => `${document} (${as.map(plain).join(", ")})`);
  return [`It is named by: ${named.join("; ")}. To put the successor there:`, ...next.map((line) => `  ${line}`)];
}

// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";
import { gatherAssertion } from "@countersign/federation/certificate-assertion";
import { type Explanation, explainAssertion, explainToken } from "@countersign/federation/explain";
import { issuerKeys } from "@countersign/federation/issuer-keys";
import { readToken } from "@countersign/federation/jws";
import { type Pin, pin as pinDecoder, readPin } from "@countersign/federation/pin";
import { gatherToken } from "@countersign/federation/subject-token";
import { ask } from "@countersign/release/ask";
import { open } from "@countersign/trust/decode";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { type Command, Option } from "commander";
import type { Answer } from "../screen.ts";
import { openSite, type SiteOptions, withProject } from "../site.ts";
import { type Cell, table } from "../table.ts";
import { verb } from "../verb.ts";

interface Explaining extends SiteOptions {
  readonly pin?: string;
  readonly identity?: string;
}

/** `identity explain`: why a token is, or would be, refused. */
export function explain(command: Command): void {
  withProject(command)
    .description("every rule for a token, and how it stands to each: why it is refused, or would be")
    .argument("<token>", "the token, or - to read it from standard input")
    .addOption(new Option("--pin <file>", "a pin in JSON, before anything is registered").conflicts("identity"))
    .option("--identity <name>", "the pin of this registered identity");
  verb<Explaining>(command, "identity explain - --pin pin.json", async (options, _, given = "") => {
    const compact = given === "-" ? (await textOf(process.stdin)).trim() : given;
    const pinned = await pinOf(options);
    if (!pinned.ok) return pinned;
    if (pinned.value === undefined) return said(compact);
    const explained = await explanationOf(compact, pinned.value, options.identity ?? "");
    if (!explained.ok) return explained;
    if (!explained.value.accepted) process.exitCode = 1; // a pipeline can ask before it is sent anywhere
    return accept(answerOf(explained.value));
  });
}

async function pinOf({ pin: file, identity, ...site }: Explaining): Promise<Outcome<Pin | undefined>> {
  if (file !== undefined) return readPin(JSON.parse(await readFile(file, "utf8")));
  if (identity === undefined) return accept(undefined);
  const opened = await openSite(site);
  if (!opened.ok) return opened;
  const found = await ask(
    `${opened.value.running.govern}/identities/${encodeURIComponent(identity)}`,
    open<{ readonly pin: Pin }>({ pin: pinDecoder }),
  );
  return found.ok ? accept(found.value.pin) : found;
}

async function explanationOf(compact: string, pin: Pin, identity: string): Promise<Outcome<Explanation>> {
  const now = Date.now();
  if (pin.kind === "certificate") {
    const subject = await gatherAssertion(compact, pin, identity, now);
    return subject.ok ? accept(explainAssertion(subject.value)) : subject;
  }
  const subject = await gatherToken(compact, pin, issuerKeys(fetch, Date.now), now);
  return subject.ok ? accept(explainToken(subject.value)) : subject;
}

function answerOf(explanation: Explanation): Answer {
  const { accepted, checks, recorded } = explanation;
  const rows = checks.map(({ check, expected, found, refusal, verified }): readonly Cell[] => [
    check,
    expected,
    verified ? found : `${found} (nobody vouches for it)`,
    refusal === undefined ? ["green", "ok"] : ["red", refusal.code],
  ]);
  const kept = Object.entries(recorded).map(([name, value]) => `${name} ${value}`);
  const verdict = accepted ? "It would be accepted: it speaks for the identity with this pin." : "It is refused.";
  const text = [
    table(["check", "expected", "found", "verdict"], rows),
    ...(kept.length > 0 ? [`Kept for the record: ${kept.join(", ")}`] : []),
    verdict,
  ];
  return { json: explanation, text: text.join("\n") };
}

/** What a token says of itself, where there is nothing to judge it by. */
function said(compact: string): Outcome<Answer> {
  const token = readToken(compact);
  if (!token.ok) return token;
  const { header, claims } = token.value;
  if (Object.keys(claims).length === 0) return refuse("token-empty", "a token that says something", "no claims", "Send an identity token.");
  const rows = Object.entries(claims).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
  return accept({
    json: { header, claims, verified: false },
    text: `${table(["claim", "value"], rows)}\nNobody vouches for this: name a pin to have it verified, --pin FILE or --identity NAME.`,
  });
}

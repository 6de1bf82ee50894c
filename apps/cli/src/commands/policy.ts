// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { policyEffect, quorumsOf } from "@countersign/release/policy-effect";
import { differencesOf } from "@countersign/repository/diff/difference";
import { growthsOf } from "@countersign/repository/diff/growth";
import { policyWithApprover } from "@countersign/repository/edit/policy-edits";
import { httpReader } from "@countersign/repository/http-store";
import { readFrom } from "@countersign/repository/read-from";
import { openRepository } from "@countersign/repository/view";
import { decodeBytes } from "@countersign/trust/decode";
import { type Digest, sha256 } from "@countersign/trust/digest";
import { readJson } from "@countersign/trust/json";
import { keyidOf } from "@countersign/trust/key";
import { defaultLimits } from "@countersign/trust/limits";
import { type Custody, custodyKinds } from "@countersign/trust/policy/custody";
import { type Policy, policy as policyDocument } from "@countersign/trust/policy/policy";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { readFile } from "@countersign/trust/workflow/step";
import { writeDurably } from "@countersign/updater/durable";
import { type Command, Option } from "commander";
import { readApproverKeys } from "../approver-keys.ts";
import { changesText, effectText, quorumsText } from "../policy-text.ts";
import { readOption } from "../read-option.ts";
import { openSite, type SiteOptions, withProject } from "../site.ts";
import { bold, short } from "../text.ts";
import { verb } from "../verb.ts";

export function policy(program: Command): void {
  const noun = program.command("policy").description("who and what is trusted, for which channel, and how many it takes");
  show(withProject(noun.command("show")));
  diff(withProject(noun.command("diff")));
  approver(withProject(noun.command("approver")));
}

function show(command: Command): void {
  command
    .description("the policy that is published, or one in a file: who is enough to start and to stop what")
    .argument("[file]", "a policy.json; the published one by default");
  verb<SiteOptions>(command, "policy show", async (options, _, file) => {
    const read = file === undefined ? await published(options) : await inFile("policy show FILE", file);
    if (!read.ok) return read;
    const { policy, digest } = read.value;
    const { version, separation, coolingOffSeconds } = policy;
    const channels = quorumsOf(policy);
    const counted = separation === "owner" ? "quorums count owners" : "one person holds every duty: quorums count keys";
    return accept({
      json: { version, digest, separation, coolingOffSeconds, channels },
      text: `${bold(`policy version ${version}`)} ${short(digest)}: ${counted}; a successor cools off for ${coolingOffSeconds} s\n\n${quorumsText(channels)}`,
    });
  });
}

interface Diffing extends SiteOptions {
  readonly against?: string;
}

function diff(command: Command): void {
  command
    .description("what another policy would change: first about who can start and stop what, then line by line")
    .argument("<file>", "the policy.json that is to be signed")
    .option("--against <file>", "the one before, from a file; the published one by default");
  verb<Diffing>(command, "policy diff policy.json", async (options, _, file = "") => {
    const after = await inFile("policy diff FILE", file);
    if (!after.ok) return after;
    const before = options.against === undefined ? await published(options) : await inFile("--against", options.against);
    if (!before.ok) return before;
    const [was, is] = [before.value, after.value];
    if (is.policy.version <= was.policy.version && is.digest !== was.digest)
      return refuse(
        "version-rolled-back",
        `a version after ${was.policy.version}`,
        `version ${is.policy.version}`,
        `Write version ${was.policy.version + 1} into ${file}: devices refuse another policy of a version that they know, and an older one.`,
      );
    const effect = policyEffect(was.policy, is.policy);
    const differences = differencesOf(was.form, is.form);
    const growths = growthsOf(differences);
    const changes = differences.map((line) => ({ ...line, grows: growths.find(({ difference }) => difference === line)?.gain ?? null }));
    const now = Date.now();
    return accept({
      json: { before: head(was), after: head(is), effect, holdsNotBefore: new Date(now + effect.coolingOffSeconds * 1000), changes },
      text: `${effectText(effect, now)}\n\n${changesText(changes)}\nNext: countersign key ceremony open next.event --role targets --new-policy ${file} --previous TARGETS --expires DATE`,
    });
  });
}

interface Approving extends Diffing {
  readonly out: string;
  readonly besides?: true;
  readonly custody?: Custody;
}

function approver(command: Command): void {
  command
    .description(
      "write the next policy, in which a person approves with another key: a passkey, or one in a token. Nothing is signed or published by this",
    )
    .argument("<name=file>", "whose, and the passkey file or FILE.pub: `key passkey` and `key create` write them")
    .requiredOption("--out <file>", "the policy.json that it becomes, a new file")
    .option("--against <file>", "the one before, from a file; the published one by default")
    .option("--besides", "let the keys that they approve with now go on approving")
    .addOption(
      new Option("--custody <kind>", "where that key lives, for the policy to declare; of a passkey nobody needs to").choices(custodyKinds),
    );
  verb<Approving>(command, "policy approver alice=alice.json --out policy.json", async (options, _, given = "") => {
    const { out, against, besides = false, custody } = options;
    const keys = await readApproverKeys([given]);
    if (!keys.ok) return keys;
    const [brought] = keys.value;
    if (brought === undefined) throw new Error("one was given");
    const before = against === undefined ? await published(options) : await inFile("--against", against);
    if (!before.ok) return before;
    const next = policyWithApprover(before.value.form, { ...brought, besides, custody });
    if (!next.ok) return next;
    if (existsSync(out)) return refuse("file-exists", "a new file name", out, "Choose another one.");
    await writeDurably(out, next.value, 0o644);
    const { person, key } = brought;
    return accept({
      json: { policy: out, version: before.value.policy.version + 1, digest: sha256(next.value), person, keyid: keyidOf(key) },
      text: `${out} is the next policy: ${person} approves with ${short(keyidOf(key))}${besides ? " as well" : ""}.\nNext: countersign policy diff ${out}; it holds once the targets quorum has signed it: countersign key ceremony open next.event --role targets --new-policy ${out} --previous TARGETS --expires DATE`,
    });
  });
}

/** A policy, its digest, and the bytes by which it is compared. */
interface ReadPolicy {
  readonly policy: Policy;
  readonly digest: Digest;
  readonly form: Uint8Array;
}

function head({ policy: { version }, digest }: ReadPolicy): { readonly version: number; readonly digest: Digest } {
  return { version, digest };
}

/** Reads the repository as a stranger would. */
async function published(options: SiteOptions): Promise<Outcome<ReadPolicy>> {
  const site = await openSite(options);
  if (!site.ok) return site;
  const { store, anchor, now } = site.value.source;
  const read = readFrom(httpReader(store));
  const view = await openRepository(read, anchor, now);
  if (!view.ok) return view;
  const bytes = await readFile(read, `targets/${view.value.policyDigest}.policy.json`);
  return bytes.ok ? readPolicy(bytes.value, "policy.json") : bytes;
}

async function inFile(option: string, file: string): Promise<Outcome<ReadPolicy>> {
  const bytes = await readOption(option, file);
  return bytes.ok ? readPolicy(bytes.value, file) : bytes;
}

/** Refuses what devices would: quorums of none, by name, or that nobody can fill. */
function readPolicy(bytes: Uint8Array, what: string): Outcome<ReadPolicy> {
  const decoded = decodeBytes(policyDocument, bytes, what);
  if (!decoded.ok) return decoded;
  const json = readJson(bytes, defaultLimits);
  return json.ok ? accept({ policy: decoded.value, digest: sha256(bytes), form: json.value.form }) : json;
}

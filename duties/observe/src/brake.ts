// SPDX-License-Identifier: Apache-2.0
import type { CustodyKey } from "@countersign/custody/key";
import { askBrake } from "@countersign/release/ask-brake";
import { provePlaced } from "@countersign/release/ledger-proof";
import type { RepositoryView } from "@countersign/repository/view";
import { verifyCosigned } from "@countersign/tlog/quorum";
import type { ReadTile } from "@countersign/tlog/tree";
import { type Digest, isDigest } from "@countersign/trust/digest";
import { publicSince } from "@countersign/trust/ledger/inclusion";
import { accept, type Outcome, type Refusal, refuse } from "@countersign/trust/refusal";
import type { Statement } from "@countersign/trust/release/statement";
import { Backoff } from "./backoff.ts";
import type { Kind } from "./detector.ts";
import { readProposed } from "./entry-body.ts";
import { announce, type Finding, findingOf } from "./finding.ts";
import type { FindingsFile } from "./findings-file.ts";
import type { LedgerCopy } from "./ledger-copy.ts";
import type { PublishedEntry } from "./observation.ts";

/** What an observer asks for: the longest that a revoker grants. A person decides before it is over. */
const HOLD_SECONDS = 72 * 3600;

export interface BrakeParts {
  /** Under which the policy names its key. */
  readonly name: string;
  readonly key: CustodyKey;
  /** URL of each revoker, by name. */
  readonly revokers: Readonly<Record<string, string>>;
  /** URL of govern, which has what is not published yet; nothing that it answers is believed. */
  readonly govern: string;
  readonly readTile: ReadTile;
  readonly findings: FindingsFile;
  readonly copy: LedgerCopy;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export const braked: Kind = {
  name: "braked",
  severity: "High",
  title: "A release is on hold for 72 hours at the request of this observer",
  means:
    "The release was more unusual than its channel's policy lets pass, so a revoker holds it: no device installs it. The hold lapses by itself.",
  advice: "Look into it before the hold lapses; make it last, or lift it: countersign brake status",
};

export const brakeRefused: Kind = {
  name: "brake-refused",
  severity: "High",
  title: "A revoker refuses to hold a release that is more unusual than the policy lets pass",
  means: "This observer asked for a hold and did not get it from the revoker that is named. It goes on asking.",
  advice: "Read the refusal; if the release is to be stopped, stop it yourself: countersign revoke DIGEST --reason TEXT --as NAME",
};

/** A finding that says of which release it is, and how unusual that is. */
interface Scored {
  readonly finding: Finding;
  readonly channel: string;
  readonly digest: Digest;
  readonly bits: number;
}

/** What a look knows, by which it is decided whether a brake is due. `now`: Unix milliseconds. */
export interface BrakeScene {
  readonly view: Pick<RepositoryView, "policy" | "ledger" | "time">;
  readonly published: readonly PublishedEntry[];
  readonly now: number;
}

/** Findings that are due for a brake: any that names a release, scores it as high as the policy of its channel says, and is no older than a hold lasts. */
export function dueForBrake(findings: readonly Finding[], scene: BrakeScene): readonly Scored[] {
  const { view, now } = scene;
  const due = findings.flatMap((finding): readonly Scored[] => {
    const { channel, digest, bits } = finding.evidence;
    if (now - finding.time > HOLD_SECONDS * 1000) return [];
    if (typeof channel !== "string" || typeof digest !== "string" || !isDigest(digest) || typeof bits !== "number") return [];
    const least = view.policy.channels[channel]?.brakeBits;
    return least !== undefined && bits >= least && !isSettled(digest, scene) ? [{ finding, channel, digest, bits }] : [];
  });
  const worst = Map.groupBy(due, ({ digest }) => digest)
    .values()
    .map((each) => each.reduce((a, b) => (b.bits > a.bits ? b : a)));
  return [...worst];
}

/** What has been public for longer than its soak and a hold was there to be looked at, or runs already: to stop that is for a person. */
function isSettled(digest: Digest, { view, published }: BrakeScene): boolean {
  const found = published.find(({ entry }) => entry.digest === digest);
  const since = found && publicSince(found.entry.proof, view.ledger);
  return since?.ok === true && found !== undefined && view.time > since.value + found.rules.soakSeconds + HOLD_SECONDS;
}

/** Asks revokers to hold what is too unusual: each release once of each revoker, and until it answers. That it did is on disk as a finding. */
export class Brake {
  readonly #parts: BrakeParts;
  readonly #backoff = new Map<string, Backoff>();

  constructor(parts: BrakeParts) {
    this.#parts = parts;
  }

  async go(view: RepositoryView, published: readonly PublishedEntry[]): Promise<void> {
    const { findings, revokers, now } = this.#parts;
    const known = new Set(findings.all.map(({ id }) => id));
    for (const scored of dueForBrake(findings.all, { view, published, now: now() }))
      for (const [revoker, url] of Object.entries(revokers)) {
        const key = `${scored.digest} ${revoker}`;
        const backoff = this.#backoff.get(key) ?? new Backoff();
        this.#backoff.set(key, backoff);
        if (known.has(heldFinding(scored, revoker, null, now()).id) || !backoff.isDue(now())) continue;
        const held = await this.#ask(scored, revoker, url, view, published);
        if (held.ok) backoff.succeeded();
        else backoff.failed(now());
        announce(findings.add([held.ok ? heldFinding(scored, revoker, held.value, now()) : refused(scored, revoker, held.refusal, now())]));
      }
  }

  /** Until when it is held, by witnessed time; null where it was asked for before. */
  async #ask(
    { finding, digest, bits }: Scored,
    revoker: string,
    revokerUrl: string,
    view: RepositoryView,
    published: readonly PublishedEntry[],
  ): Promise<Outcome<number | null>> {
    const { name: asker, key, copy, readTile } = this.#parts;
    const placed = copy.releaseEntry(digest);
    if (placed === undefined || !("approvals" in placed.entry))
      return refuse("entry-unknown", `the release entry of ${digest}`, "none in the ledger", "Wait until it is logged.");
    const cosigned = verifyCosigned(Buffer.from(copy.cursor.note), view.ledger);
    if (!cosigned.ok) return cosigned;
    const proven = await provePlaced({ trust: view.ledger, cosigned: cosigned.value, readTile }, placed);
    if (!proven.ok) return proven;
    const release = await this.#statement(digest, published);
    if (!release.ok) return release;
    const reason = `brake of ${asker}: ${bits} bits, ${finding.title}; finding ${finding.id}`;
    const wish = { release: release.value, approvals: placed.entry.approvals as Digest, proof: proven.value.proof };
    const held = await askBrake({
      ...wish,
      revokerUrl,
      revoker,
      asker,
      key,
      bits: Math.floor(bits),
      seconds: HOLD_SECONDS,
      reason: reason.slice(0, 500),
    });
    if (held.ok) return accept(held.value.until);
    return held.refusal.code === "brake-asked-already" ? accept(null) : held;
  }

  async #statement(digest: Digest, published: readonly PublishedEntry[]): Promise<Outcome<Statement>> {
    const offered = published.find(({ entry }) => entry.digest === digest)?.entry.body;
    if (offered?._type === "release") return accept(offered);
    const proposed = await readProposed(this.#parts.govern, digest);
    if (!proposed.ok) return proposed;
    const { body, digest: found } = proposed.value;
    if (body._type === "release" && found === digest) return accept(body);
    return refuse(
      "body-differs",
      `release ${digest.slice(0, 12)}`,
      `${body._type} ${found.slice(0, 12)}`,
      "Ask govern's owner what it shows.",
    );
  }
}

function heldFinding({ finding, channel, digest, bits }: Scored, revoker: string, until: number | null, now: number): Finding {
  const evidence = { channel, release: digest, score: bits, revoker, until, finding: finding.id };
  return findingOf(braked, { about: [digest, revoker], evidence }, now);
}

function refused({ finding, channel, digest, bits }: Scored, revoker: string, refusal: Refusal, now: number): Finding {
  const evidence = { channel, release: digest, score: bits, revoker, finding: finding.id, refusal: { ...refusal } };
  return findingOf(brakeRefused, { about: [digest, revoker, refusal.code], evidence }, now);
}

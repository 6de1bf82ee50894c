// SPDX-License-Identifier: Apache-2.0
import { compareSeen } from "@countersign/release/ledger-seen";
import type { LedgerView } from "@countersign/release/ledger-view";
import { httpReader } from "@countersign/repository/http-store";
import { readFrom } from "@countersign/repository/read-from";
import { hashServed } from "@countersign/repository/served-artifact";
import { openRepository, type RepositoryView } from "@countersign/repository/view";
import type { Envelope } from "@countersign/trust/envelope";
import type { Contradiction } from "@countersign/trust/ledger/contradiction";
import type { Refusal } from "@countersign/trust/refusal";
import type { PublishedEntry } from "./observation.ts";
import { isRelease } from "./release-drift.ts";

/** Two files that are the same by name and version, and are not; or bytes that are not those of their digest. */
export interface Difference {
  readonly file: string;
  /** What the observer's own store serves, in base64; or the digest that was asked for. */
  readonly here: string;
  /** What the mirror serves; null where it serves nothing under a digest that its own repository names. */
  readonly there: string | null;
}

/** What a mirror shows, beside what the observer's own store does. */
export interface MirrorReading {
  readonly mirror: string;
  /** Witnessed time of its timestamp, Unix seconds; undefined where it does not verify. */
  readonly time: number | undefined;
  readonly refusal: Refusal | undefined;
  /** Proof of two ledgers, one for each. */
  readonly contradiction: Contradiction | undefined;
  readonly differences: readonly Difference[];
}

/** Looks at other servers of the same repository. It asks for the bytes of an artifact once, unless they are wrong. */
export class Mirrors {
  readonly #urls: readonly string[];
  readonly #anchor: Uint8Array;
  readonly #sound = new Set<string>();

  constructor(urls: readonly string[], anchor: Uint8Array) {
    this.#urls = urls;
    this.#anchor = anchor;
  }

  look(view: RepositoryView, ledger: LedgerView, entries: readonly PublishedEntry[], now: number): Promise<readonly MirrorReading[]> {
    return Promise.all(this.#urls.map((mirror) => this.#lookAt(mirror, view, ledger, entries, now)));
  }

  async #lookAt(
    mirror: string,
    view: RepositoryView,
    ledger: LedgerView,
    entries: readonly PublishedEntry[],
    now: number,
  ): Promise<MirrorReading> {
    const opened = await openRepository(readFrom(httpReader(mirror)), this.#anchor, now);
    if (!opened.ok) return { mirror, time: undefined, refusal: opened.refusal, contradiction: undefined, differences: [] };
    const there = opened.value;
    const compared = await compareSeen(ledger, Buffer.from(there.checkpoint.note));
    return {
      mirror,
      time: there.time,
      refusal: undefined,
      contradiction: compared.ok ? compared.value.contradiction : undefined,
      differences: [...documentDifferences(view, there), ...(await this.#bytes(mirror, there, view, entries))],
    };
  }

  /** The bytes of what both name: who serves another repository need not have them. */
  async #bytes(
    mirror: string,
    there: RepositoryView,
    here: RepositoryView,
    entries: readonly PublishedEntry[],
  ): Promise<readonly Difference[]> {
    if (there.snapshot.digest !== here.snapshot.digest) return [];
    const differences: Difference[] = [];
    for (const { entry } of entries) {
      if (!isRelease(entry)) continue;
      for (const { sha256, length } of entry.body.artifacts) {
        if (this.#sound.has(`${mirror} ${sha256}`)) continue;
        const found = await hashServed(mirror, sha256, length);
        if (found === sha256) this.#sound.add(`${mirror} ${sha256}`);
        else differences.push({ file: `artifacts/${sha256}`, here: sha256, there: found ?? null });
      }
    }
    return differences;
  }
}

/** Documents of one version that are not the same bytes: whoever signed both shows different people different things. */
function documentDifferences(here: RepositoryView, there: RepositoryView): readonly Difference[] {
  const documents = (view: RepositoryView): readonly (readonly [name: string, document: Versioned])[] => [
    ["root.json", view.root],
    ["timestamp.json", view.timestamp],
    ["snapshot.json", view.snapshot],
    ["targets.json", view.targets],
    ...[...view.channels].map(([channel, file]) => [`${channel}.json`, file] as const),
  ];
  const known = new Map(documents(here));
  return documents(there).flatMap(([file, document]) => {
    const own = known.get(file);
    if (own === undefined || own.signed.version !== document.signed.version || own.digest === document.digest) return [];
    return [{ file, here: base64(own.bytes), there: base64(document.bytes) }];
  });
}

type Versioned = Pick<Envelope<{ readonly version: number }>, "signed" | "digest" | "bytes">;

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

// SPDX-License-Identifier: Apache-2.0
import { basename, dirname } from "node:path";
import { errorText, logEvent } from "@countersign/daemon/event";
import { directoryStore } from "@countersign/repository/directory-store";
import { servedBytes } from "@countersign/trust/canonical";
import { array, closed, type Decoder, decodeBytes, digest, integer } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import { accept, type Outcome, type Refusal, refuse } from "@countersign/trust/refusal";
import { Backoff } from "./backoff.ts";
import type { Severity } from "./detector.ts";
import type { Finding } from "./finding.ts";
import type { FindingsFile } from "./findings-file.ts";
import { ocsfOf, severityIds } from "./ocsf.ts";
import type { Quiet } from "./quiet.ts";
import type { Sink } from "./sink.ts";

/** How far one sink has come. */
interface Place {
  /** Findings of the file, from the first, that were sent or need not be. */
  readonly cursor: number;
  /** Those before it that somebody does not want to hear of, to be sent when that ends. */
  readonly withheld: readonly Digest[];
}

const place: Decoder<Place> = closed<Place>({ cursor: integer(0), withheld: array(digest) });

export interface DeliveryParts {
  readonly name: string;
  readonly sink: Sink;
  /** The least severe that it is sent. */
  readonly least: Severity;
  readonly findings: Pick<FindingsFile, "all">;
  /** The file in which it keeps how far it has come; its directory exists. */
  readonly file: string;
  readonly quiet: Pick<Quiet, "of">;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export interface DeliveryStatus {
  readonly name: string;
  /** Findings that it has not sent yet. */
  readonly pending: number;
  readonly failures: number;
  /** Why the last attempt failed; null where it did not. */
  readonly refusal: Refusal | null;
}

const SEND_MILLISECONDS = 30_000;

/**
 * Sends findings to one sink in their order, each at least once: the place is on disk after the sink took it. What fails is sent again, later and later. A sink that is new hears of what is found from
 * then on. Sinks know nothing of one another, nor the watching of them.
 */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #backoff = new Backoff();
  #place: Place;
  #failures = 0;
  #refusal: Refusal | null = null;

  private constructor(parts: DeliveryParts, place: Place) {
    this.#parts = parts;
    this.#place = place;
  }

  static async open(parts: DeliveryParts): Promise<Outcome<Delivery>> {
    const bytes = await directoryStore(dirname(parts.file)).read(basename(parts.file));
    if (bytes === undefined) {
      const delivery = new Delivery(parts, { cursor: parts.findings.all.length, withheld: [] });
      await delivery.#keep(delivery.#place);
      return accept(delivery);
    }
    const kept = decodeBytes(place, bytes, parts.file);
    return kept.ok ? accept(new Delivery(parts, kept.value)) : kept;
  }

  get status(): DeliveryStatus {
    const { name, findings } = this.#parts;
    const after = findings.all.slice(this.#place.cursor).filter((finding) => this.#isWanted(finding));
    return { name, pending: after.length, failures: this.#failures, refusal: this.#refusal };
  }

  /** Sends what is due, one after the other, until one fails. */
  async go(signal: AbortSignal): Promise<void> {
    const { findings, quiet, now } = this.#parts;
    if (!this.#backoff.isDue(now())) return;
    const withheld = new Set<string>(this.#place.withheld);
    for (const finding of findings.all.filter(({ id }) => withheld.has(id))) {
      if (quiet.of(finding) !== undefined) continue;
      if (!(await this.#send(finding, signal))) return;
      withheld.delete(finding.id);
      await this.#keep({ ...this.#place, withheld: this.#place.withheld.filter((id) => id !== finding.id) });
    }
    for (const finding of findings.all.slice(this.#place.cursor)) {
      const cursor = this.#place.cursor + 1;
      if (!this.#isWanted(finding))
        this.#place = { ...this.#place, cursor }; // kept with the next that is
      else if (quiet.of(finding) !== undefined) await this.#keep({ cursor, withheld: [...this.#place.withheld, finding.id] });
      else if (await this.#send(finding, signal)) await this.#keep({ ...this.#place, cursor });
      else return;
    }
  }

  #isWanted({ severity }: Finding): boolean {
    return severityIds[severity] >= severityIds[this.#parts.least];
  }

  async #send(finding: Finding, signal: AbortSignal): Promise<boolean> {
    const { name, sink, now } = this.#parts;
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(SEND_MILLISECONDS)]);
    const sent = await sink
      .send(ocsfOf(finding), bounded)
      .catch((error) => refuse("sink-failed", "a sink that works", errorText(error), "See the configuration of this sink."));
    this.#refusal = sent.ok ? null : sent.refusal;
    if (sent.ok) this.#backoff.succeeded();
    else {
      this.#failures++;
      this.#backoff.failed(now());
      logEvent("observe", "not-sent", { sink: name, finding: finding.id, ...sent.refusal });
    }
    return sent.ok;
  }

  async #keep(place: Place): Promise<void> {
    const { file } = this.#parts;
    await directoryStore(dirname(file)).write(basename(file), servedBytes(place));
    this.#place = place;
  }
}

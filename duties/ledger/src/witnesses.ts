// SPDX-License-Identifier: Apache-2.0
import { exchange } from "@countersign/daemon/client";
import { logEvent } from "@countersign/daemon/event";
import { formatAddCheckpoint } from "@countersign/tlog/add-checkpoint";
import { parseDecimal } from "@countersign/tlog/decimal";
import { formatSignature, parseSignatureLine } from "@countersign/tlog/note";
import { type LogTrust, verifyCosigned } from "@countersign/tlog/quorum";
import { accept, type Outcome, refuse } from "@countersign/tlog/refusal";
import { consistencyProof, type ReadTile } from "@countersign/tlog/tree";
import type { WitnessAddress } from "./config.ts";
import type { Head } from "./state.ts";

/** Of what one witness may take and say. */
const LIMITS = { timeoutMilliseconds: 5000, maxBytes: 65_536 };
/** How long the others are waited for once the quorum is there: more times on a checkpoint are better, but not at any price. */
const GRACE_MILLISECONDS = 200;

/** Asks the witnesses of a log to cosign its head. */
export class Witnesses {
  readonly #addresses: readonly WitnessAddress[];
  readonly #trust: LogTrust;
  readonly #readTile: ReadTile;
  /** The size that each witness cosigned last, as far as we know: a guess, which its 409 corrects. */
  readonly #sizes = new Map<string, number>();

  constructor(addresses: readonly WitnessAddress[], trust: LogTrust, readTile: ReadTile) {
    this.#addresses = addresses;
    this.#trust = trust;
    this.#readTile = readTile;
  }

  /** The head's note with every cosignature that came; how many they are is for `verifyCosigned` to say. */
  async cosign(head: Head): Promise<string> {
    const lines: string[] = [];
    const quorum = Promise.withResolvers<void>();
    const asked = this.#addresses.map(async (witness) => {
      const line = await this.#ask(witness, head);
      if (line.ok) lines.push(line.value);
      else logEvent("ledger", "cosignature-missing", { witness: witness.vkey.name, ...line.refusal });
      if (lines.length === this.#trust.quorum) quorum.resolve();
    });
    const everyone = Promise.all(asked).then(() => undefined);
    await Promise.race([everyone, quorum.promise.then(() => Promise.race([everyone, pause(GRACE_MILLISECONDS)]))]);
    return head.note + lines.join("");
  }

  async #ask(witness: WitnessAddress, head: Head): Promise<Outcome<string>> {
    const { url } = witness;
    for (let attempt = 0; attempt < 3; attempt++) {
      const old = Math.min(this.#sizes.get(url) ?? 0, head.size);
      const proof = old === 0 ? accept([]) : await consistencyProof(old, head.size, this.#readTile);
      if (!proof.ok) return proof;
      const body = formatAddCheckpoint({ old, proof: proof.value, note: Buffer.from(head.note) });
      const answer = await exchange(`${url}/add-checkpoint`, { method: "POST", body, ...LIMITS });
      if (!answer.ok) return answer;
      const { status } = answer.value;
      const said = Buffer.from(answer.value.body).toString();
      if (status === 200) return this.#read(said, witness, head);
      const size = status === 409 ? parseDecimal(said.replace(/\n$/, "")) : undefined;
      if (size === undefined) return refuse("witness-declined", "status 200", `${status} from ${url}`, "look into the log of the witness");
      if (size > head.size) return refuse("witness-ahead", `size ${head.size} at most`, `${size}`, "find out who signed a longer tree");
      this.#sizes.set(url, size);
    }
    return refuse("witness-moving", "an answer in three attempts", "a size that moves", "check that one ledger alone uses this origin");
  }

  /** The witness's own line, if it verifies; lines of others, which a witness may send along, are left out. */
  #read(answer: string, { vkey, url }: WitnessAddress, head: Head): Outcome<string> {
    const lines = answer.split("\n").flatMap((text) => parseSignatureLine(text) ?? []);
    const own = lines
      .filter(({ name, keyId }) => name === vkey.name && keyId === vkey.keyId)
      .map(formatSignature)
      .join("");
    const cosigned = verifyCosigned(Buffer.from(head.note + own), { ...this.#trust, witnesses: [vkey], quorum: 1 });
    if (!cosigned.ok) return cosigned;
    this.#sizes.set(url, head.size);
    return accept(own);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

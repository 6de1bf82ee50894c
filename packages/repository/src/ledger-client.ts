// SPDX-License-Identifier: Apache-2.0
import { type Entry, encodeEntry } from "@countersign/tlog/entry";
import { decodeBytes, integer, open, text } from "@countersign/trust/decode";
import { accept, type Outcome, type Refusal, refuse } from "@countersign/trust/refusal";

/** Where an entry stands in the ledger, and the `.tlog-proof` that says so. */
export interface Logged {
  readonly index: number;
  readonly proof: string;
}

/** The ledger, as the duties that write to it ask it. What it says is verified by those who read it from the repository. */
export interface LedgerClient {
  /** Appends an entry, or finds it where it already is, and waits until the witness quorum has cosigned it: repeat it freely. */
  append(entry: Entry): Promise<Outcome<Logged>>;
  /** The newest proof of an entry that is in the ledger. */
  prove(entry: Entry): Promise<Outcome<Logged>>;
  /** The newest cosigned checkpoint: a note. */
  checkpoint(): Promise<Outcome<string>>;
}

const TIMEOUT_MS = 30_000;

export function ledgerClient(url: string): LedgerClient {
  const post = async (path: string, entry: Entry): Promise<Outcome<Logged>> => {
    const bytes = await ask(`${url}${path}`, { method: "POST", body: Buffer.from(encodeEntry(entry)) });
    return bytes.ok ? decodeBytes(logged, bytes.value, "the ledger's answer") : bytes;
  };
  return {
    append: (entry) => post("/entries", entry),
    prove: (entry) => post("/proof", entry),
    checkpoint: async () => {
      const bytes = await ask(`${url}/checkpoint`, {});
      return bytes.ok ? accept(Buffer.from(bytes.value).toString()) : bytes;
    },
  };
}

const logged = open<Logged>({ index: integer(0), proof: text });
const refused = open<{ readonly refusal: Refusal }>({
  refusal: open<Omit<Refusal, "check">>({ code: text, expected: text, found: text, remedy: text }),
});

/** The body of a 200; the refusal in any other answer, or one that says what came instead. A ledger that is down is a refusal too: it comes back. */
async function ask(url: string, init: RequestInit): Promise<Outcome<Uint8Array>> {
  try {
    const response = await fetch(url, { ...init, redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.ok) return accept(bytes);
    const read = decodeBytes(refused, bytes, "the ledger's refusal");
    return read.ok ? { ok: false, refusal: read.value.refusal } : unavailable(`status ${response.status} from ${url}`);
  } catch (error) {
    return unavailable(`${url}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function unavailable(found: string): Outcome<never> {
  return refuse("ledger-unavailable", "an answer of the ledger", found, "Try again when it is up; nothing is lost by repeating.");
}

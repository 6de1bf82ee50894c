// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { type Check, decide } from "./check.ts";
import { closed, type Decoder, decodeBytes, literal } from "./decode.ts";
import { type Envelope, type Signature, signatureList } from "./envelope.ts";
import { defaultLimits } from "./limits.ts";
import type { SidecarDemand } from "./policy/post-quantum.ts";
import { ownersOf, signersOf } from "./quorum.ts";
import type { Outcome } from "./refusal.ts";

/**
 * Post-quantum signatures of one metadata file, in a file of their own: stock TUF clients, which know none of them, never see it.
 * The format is specified in docs/sidecar.md.
 */
export interface Sidecar {
  readonly _type: "sidecar";
  readonly spec: "countersign/1";
  readonly signatures: readonly Signature[];
}

/** Where the sidecar of a file stands in the store: it is found by the digest of the file's bytes, classical signatures included. */
export function sidecarPath(digest: string): string {
  return `sidecars/${digest}.sidecar`;
}

/**
 * What an ML-DSA key signs for a file: the repository as the policy names it, the role, and the SHA-512 of the message that classical keys sign. Short
 * enough for any module or cloud service, mistaken for no other message, and of use for no other repository and no other role: TUF's own signatures say neither.
 */
export function sidecarMessage(repository: string, role: string, message: Uint8Array): Uint8Array {
  const digest = createHash("sha512").update(message).digest("hex");
  return new TextEncoder().encode(`countersign/sidecar/v1\n${repository}\n${role}\n${digest}\n`);
}

const sidecar: Decoder<Sidecar> = closed<Sidecar>({
  _type: literal("sidecar"),
  spec: literal("countersign/1"),
  signatures: signatureList(1, defaultLimits.signatures),
});

/** Reads a sidecar of at most `sidecarBytes`. Nothing of it is verified. */
export function readSidecar(bytes: Uint8Array): Outcome<Sidecar> {
  return decodeBytes(sidecar, bytes, "sidecar", { ...defaultLimits, documentBytes: defaultLimits.sidecarBytes });
}

/** The keys of a demand that signed the file of a role, each once. Signatures of others, and classical ones, are passed over. */
export function sidecarSigners(
  role: string,
  { message }: Pick<Envelope<unknown>, "message">,
  signatures: readonly Signature[],
  demand: SidecarDemand,
): readonly string[] {
  return signersOf({ message: sidecarMessage(demand.repository, role, message), signatures }, demand);
}

/** Whether these keys are of enough different owners for the demand. */
export function meetsDemand(keyids: readonly string[], { ownerOf, threshold }: SidecarDemand): boolean {
  return ownersOf(keyids, ownerOf).length >= threshold;
}

/** A metadata file beside its sidecar, and all that the policies which judge now demand of it. */
export interface SidecarSubject {
  readonly candidate: Pick<Envelope<unknown>, "message">;
  readonly role: string;
  readonly sidecar: Sidecar;
  readonly demands: readonly SidecarDemand[];
}

export const sidecarChecks: readonly Check<SidecarSubject>[] = [
  {
    name: "sidecar/signatures",
    source: "docs/sidecar.md: a policy may demand post-quantum signatures beside the classical ones",
    examine: ({ candidate, role, sidecar, demands }) => {
      const counted = demands.map((demand) => ({ demand, signers: sidecarSigners(role, candidate, sidecar.signatures, demand) }));
      const short = counted.find(({ demand, signers }) => !meetsDemand(signers, demand));
      const said = (short === undefined ? counted : [short]).map(({ demand, signers }) => ({
        demand,
        owners: ownersOf(signers, demand.ownerOf),
      }));
      return decide(
        short === undefined,
        said.map(({ demand }) => `ML-DSA signatures of ${demand.threshold} different owners on ${role}`).join("; "),
        said.map(({ owners }) => owners.join(", ") || "nobody").join("; "),
        "sidecar-threshold-not-met",
        "Too few of those who must sign this with ML-DSA did, or for another file or repository; it is forged, or the signers have not finished.",
      );
    },
  },
];

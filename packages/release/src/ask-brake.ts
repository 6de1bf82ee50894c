// SPDX-License-Identifier: Apache-2.0
import { type SigningKey, signDocument } from "@countersign/repository/sign-document";
import { integer, nullable, open } from "@countersign/trust/decode";
import type { Digest } from "@countersign/trust/digest";
import type { Outcome } from "@countersign/trust/refusal";
import type { Statement } from "@countersign/trust/release/statement";
import { ask } from "./ask.ts";

export interface BrakeInput {
  readonly revokerUrl: string;
  /** Name of the revoker: the request is good for no other one. */
  readonly revoker: string;
  /** Who asks, by its name in the policy's `brakes`, and its key. */
  readonly asker: string;
  readonly key: SigningKey;
  readonly release: Statement;
  readonly approvals: Digest;
  /** Proof of the release entry. */
  readonly proof: string;
  readonly bits: number;
  readonly seconds: number;
  readonly reason: string;
}

/** Asks a revoker to hold a release for a while. Answers until when, by witnessed time. */
export async function askBrake({ revokerUrl, key, ...wish }: BrakeInput): Promise<Outcome<{ readonly until: number | null }>> {
  const request = await signDocument({ _type: "brake-request", spec: "countersign/1", ...wish }, [key]);
  return ask(`${revokerUrl}/brakes`, open({ until: nullable(integer(0)) }), request);
}

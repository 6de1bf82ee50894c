// SPDX-License-Identifier: Apache-2.0
import { type SigningKey, signDocument } from "@countersign/repository/sign-document";
import { integer, open } from "@countersign/trust/decode";
import type { Outcome } from "@countersign/trust/refusal";
import type { Denial } from "@countersign/trust/revocation/list";
import { ask } from "./ask.ts";

export interface DenyInput {
  readonly revokerUrl: string;
  /** Name of the revoker: the request is good for no other one. */
  readonly revoker: string;
  readonly denial: Denial;
  /** Key of a person whom the revoker listens to. */
  readonly key: SigningKey;
}

/** Asks a revoker to put a denial on its list for good. Answers the version of the list that has it. */
export async function deny({ revokerUrl, revoker, denial, key }: DenyInput): Promise<Outcome<{ readonly version: number }>> {
  const request = await signDocument({ _type: "denial-request", spec: "countersign/1", revoker, denial }, [key]);
  return ask(`${revokerUrl}/denials`, open({ version: integer(1) }), request);
}

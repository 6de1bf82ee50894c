// SPDX-License-Identifier: Apache-2.0
import { closed, type Decoder, literal, name } from "@countersign/trust/decode";
import { type Denial, denial } from "@countersign/trust/revocation/list";

/** An operator's signed wish that something be stopped, by the one revoker that it names. */
export interface DenialRequest {
  readonly _type: "denial-request";
  readonly spec: "countersign/1";
  readonly revoker: string;
  readonly denial: Denial;
}

export const denialRequest: Decoder<DenialRequest> = closed<DenialRequest>({
  _type: literal("denial-request"),
  spec: literal("countersign/1"),
  revoker: name,
  denial,
});

// SPDX-License-Identifier: Apache-2.0
import { ed25519Key, isUnsafePoint, verifyEd25519With } from "@countersign/tlog/ed25519";
import { fromHex, type KeyKind, once, type Verifier } from "./kind.ts";
import { derOfPem } from "./pem.ts";

const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex");

/**
 * Ed25519 (RFC 8032). Ours is spelled as 32 bytes in lower-case hex; tuf-js takes PEM as well. Refused: points of small order, and in a second
 * spelling. A point off the curve verifies nothing, which takes a quarter of a millisecond in a cold process to find out, and waits for the first
 * use. A point with a part of small order beside its large one is not looked for: no signature forges under it.
 */
export const ed25519: KeyKind = {
  keytype: "ed25519",
  scheme: "ed25519",
  read(text) {
    const point = fromHex(text) ?? pointOf(derOfPem(text));
    if (point === undefined || isUnsafePoint(point)) return undefined;
    const key = once(() => ed25519Key(point));
    const verify: Verifier["verify"] = (message, signature) => {
      const sound = key();
      return sound !== undefined && verifyEd25519With(sound, message, signature);
    };
    return { spelling: point.toString("hex"), verify };
  },
};

function pointOf(spki: Buffer | undefined): Buffer | undefined {
  return spki?.subarray(0, spkiPrefix.length).equals(spkiPrefix) ? spki.subarray(spkiPrefix.length) : undefined;
}

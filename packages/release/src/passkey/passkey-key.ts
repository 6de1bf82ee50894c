// SPDX-License-Identifier: Apache-2.0
import { KeyRefused } from "@countersign/custody/outcome";
import type { SigningKey } from "@countersign/repository/sign-document";
import { canonicalBytes } from "@countersign/trust/canonical";
import { closed, type Decoder, decode, matching } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { keyidOf, verifySignature } from "@countersign/trust/key";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { type LoopbackOptions, servePage } from "./loopback.ts";
import { pageOf } from "./page.ts";
import { credentialId, type PasskeyFile } from "./passkey-file.ts";
import type { Shown } from "./shown.ts";

/** What `navigator.credentials.get` answered, as the page sends it. */
interface Answer {
  readonly credential: string;
  readonly authenticatorData: string;
  readonly clientDataJSON: string;
  readonly signature: string;
}

const base64url = matching(/^[\w-]+$/, "base64url");
const answer: Decoder<Answer> = closed<Answer>({
  credential: credentialId,
  authenticatorData: base64url,
  clientDataJSON: base64url,
  signature: base64url,
});

/**
 * A key in the hands of its person: to sign with it, it serves a page that shows `shown` and the very bytes that are signed, and asks for the passkey. The
 * challenge is computed here from these bytes, and the assertion is verified here, as every device will, before anybody else has it. `sign` throws `KeyRefused`
 * where the person declines or does not come.
 */
export function passkeyKey({ key, credential }: PasskeyFile, shown: Shown, options: LoopbackOptions): SigningKey {
  return {
    keyid: keyidOf(key),
    async sign(message) {
      const { origin } = key.keyval;
      const challenge = sha256(message);
      const html = pageOf(
        { ...shown, sections: [...shown.sections, signedSection(message, challenge)] },
        { ask: "get", challenge: Buffer.from(challenge, "hex").toString("base64url"), credential },
        origin,
      );
      const signed = await servePage<Uint8Array>(
        { origin, html, answer: (sent) => signatureIn(sent, message, { key, credential }) },
        options,
      );
      if (!signed.ok) throw new KeyRefused(signed.refusal);
      return signed.value;
    },
  };
}

/** The signature in an answer, if it is one of this message by this passkey. */
export function signatureIn(
  sent: unknown,
  message: Uint8Array,
  { key, credential }: Pick<PasskeyFile, "key" | "credential">,
): Outcome<Uint8Array> {
  const read = decode(answer, sent, "the browser's answer");
  if (!read.ok) return read;
  const { credential: used, ...assertion } = read.value;
  const signature = canonicalBytes(assertion);
  if (used === credential && verifySignature(key, message, Buffer.from(signature).toString("hex"))) return accept(signature);
  return refuse(
    "assertion-invalid",
    "an assertion of this passkey over what is shown, on this page, by a verified person",
    used === credential ? "another message, page or authenticator, or nobody verified" : "another passkey",
    "That was not a good answer of your passkey, and nothing was sent. Try again.",
  );
}

function signedSection(message: Uint8Array, challenge: string): Shown["sections"][number] {
  return {
    title: "What your passkey signs",
    note: "These bytes and nothing else. Whoever hears of it verifies it from them and from the keys that the owners signed.",
    facts: [
      ["document", Buffer.from(message).toString()],
      ["its SHA-256", challenge],
    ],
  };
}

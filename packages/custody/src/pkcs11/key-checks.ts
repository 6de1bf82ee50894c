// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "../outcome.ts";

/** What a token says of a private key. Undefined where it does not say. */
export interface KeyAttributes {
  readonly sensitive: boolean | undefined;
  readonly alwaysSensitive: boolean | undefined;
  readonly extractable: boolean | undefined;
  readonly neverExtractable: boolean | undefined;
  readonly local: boolean | undefined;
}

interface KeyCheck {
  /** The name of the attribute in PKCS#11. */
  readonly attribute: keyof KeyAttributes;
  readonly wanted: boolean;
  readonly because: string;
}

/** What a key must be to sign for us, each by itself (PKCS#11 3.0, 4.9). What a token does not say does not hold. */
export const keyChecks: readonly KeyCheck[] = [
  { attribute: "sensitive", wanted: true, because: "its value can be read" },
  { attribute: "alwaysSensitive", wanted: true, because: "its value could be read before" },
  { attribute: "extractable", wanted: false, because: "it can be wrapped and taken away" },
  { attribute: "neverExtractable", wanted: true, because: "it could be wrapped and taken away before" },
  { attribute: "local", wanted: true, because: "it was made somewhere else, where a copy may be" },
];

/** Refuses a key that may be, or may once have been, anywhere but in its token. */
export function judgeKey(label: string, attributes: KeyAttributes, checks: readonly KeyCheck[] = keyChecks): Outcome<KeyAttributes> {
  const failed = checks.find(({ attribute, wanted }) => attributes[attribute] !== wanted);
  if (failed === undefined) return accept(attributes);
  const said = attributes[failed.attribute] ?? "not said";
  return refuse(
    "key-not-confined",
    `${failed.attribute}: ${failed.wanted}`,
    `${label}, ${failed.attribute}: ${said}: ${failed.because}`,
    "Make a key inside of the token, with: countersign key create FILE --custody pkcs11",
  );
}

// SPDX-License-Identifier: Apache-2.0
import type { Outcome } from "../outcome.ts";
import type { KeyAttributes } from "./key-checks.ts";

// What goes between a process and the one that it started for a PKCS#11 module: one request at a time, one answer each.

/** Which key of which token. The PIN is in a file that only the module's process reads. */
export interface TokenPlace {
  readonly module: string;
  readonly token: string;
  readonly label: string;
  readonly pinFile: string;
}

/** `input` is the digest for P-256, the message for ed25519. */
export type ModuleRequest =
  | { readonly of: "create"; readonly place: TokenPlace; readonly algorithm: string }
  | { readonly of: "open"; readonly place: TokenPlace }
  | { readonly of: "sign"; readonly input: Uint8Array };

/** What is known of a key once it is open. */
export interface OpenedKey {
  readonly spki: Uint8Array;
  readonly token: { readonly label: string; readonly manufacturer: string; readonly model: string; readonly serial: string };
  readonly attributes: KeyAttributes;
}

export type ModuleAnswer = Outcome<OpenedKey | Uint8Array>;

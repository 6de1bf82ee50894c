// SPDX-License-Identifier: Apache-2.0
import type { Outcome } from "../refusal.ts";

/**
 * What the client workflow wants done in the world. It is data: a driver does it and hands back the answer, so that the whole order of the
 * workflow is pure, and a test reads it like a script.
 */
export type Effect =
  /**
   * Fetch a metadata file; `path` is relative to the metadata base URL. Answer: its bytes, or undefined where the repository has no such
   * file.
   */
  | {
      readonly kind: "fetch";
      readonly role: string;
      readonly version: number | undefined;
      readonly path: string;
      readonly maxBytes: number;
    }
  /**
   * Read a file of the local store; `version` is given for roots only. Answer: its bytes, or undefined where the store has none, or a
   * longer one.
   */
  | { readonly kind: "read"; readonly role: string; readonly version: number | undefined; readonly maxBytes: number }
  /** Write a file to the local store; it was verified. Answer: anything. */
  | { readonly kind: "keep"; readonly role: string; readonly version: number; readonly bytes: Uint8Array }
  /** Remove a file from the local store. Answer: anything. */
  | { readonly kind: "forget"; readonly role: string };

/** A refusal as the answer to a fetch ends the workflow with it. */
export type Answer = Outcome<Uint8Array | undefined>;

/** A part of the workflow: it yields effects, is fed their answers, and returns what came of it. */
export type Asking<R> = Generator<Effect, R, Answer>;

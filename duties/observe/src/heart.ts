// SPDX-License-Identifier: Apache-2.0
import { documentBytes, type SigningKey, signDocument } from "@countersign/repository/sign-document";
import type { Store } from "@countersign/repository/store";
import { heartbeatPath } from "@countersign/trust/heartbeat/heartbeat";

export interface HeartParts {
  readonly monitor: string;
  readonly key: SigningKey;
  readonly store: Store;
  /** Seconds within which it promises to be heard again; it speaks three times as often. */
  readonly within: number;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** What a monitor says of itself. */
export interface Pulse {
  /** The newest checkpoint that it has read; empty before the first. */
  readonly checkpoint: string;
  readonly readThrough: number;
  readonly blind: string | null;
}

/** Says in public that a monitor is there: when it is due, and at once when it goes blind or sees again. Before the first checkpoint there is nothing to date it by. */
export class Heart {
  readonly #parts: HeartParts;
  #last: { readonly at: number; readonly blind: string | null } | undefined;

  constructor(parts: HeartParts) {
    this.#parts = parts;
  }

  async beat({ checkpoint, readThrough, blind }: Pulse): Promise<void> {
    const { monitor, key, store, within, now } = this.#parts;
    const at = now();
    const last = this.#last;
    const due = last === undefined || at - last.at >= (within * 1000) / 3 || (last.blind === null) !== (blind === null);
    if (checkpoint === "" || !due) return;
    const said = { _type: "heartbeat", spec: "countersign/1", monitor, checkpoint, readThrough, within, blind } as const;
    await store.write(heartbeatPath(monitor), documentBytes(await signDocument(said, [key])));
    this.#last = { at, blind };
  }
}

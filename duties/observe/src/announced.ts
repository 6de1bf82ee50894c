// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import { type Decoder, decode } from "@countersign/trust/decode";
import { type Issued, issued, opened, requested } from "./act-bodies.ts";
import type { Act } from "./act-body.ts";
import { nameOf, signedIn } from "./act-fault.ts";

/** When something stood in the ledger. */
export interface Place {
  readonly index: number;
  /** Witnessed time when it was read, Unix seconds. */
  readonly seen: number;
}

/** An act of govern in its place in the ledger. */
export interface HeardAct extends Place {
  readonly act: Act;
  /** Why it is not the word of those who are said to have given it, by the policy when it was read; empty where it is, or nobody need sign. */
  readonly fault: string;
}

/** A bounded time in which one channel may be released, as people signed it. */
export interface ReleaseWindow {
  readonly id: string;
  readonly channel: string;
  readonly releases: number;
  readonly opened: Place;
  /** Unix seconds. */
  readonly ends: number;
  readonly closed: Place | undefined;
}

/** A grant that govern issued to an identity. */
export interface IssuedGrant extends Issued {
  readonly place: Place;
  readonly identity: string;
}

/** What govern had logged of what may be released. */
export interface Announced {
  /** By name; without those for which people did not sign. */
  readonly windows: ReadonlyMap<string, ReleaseWindow>;
  readonly grants: readonly IssuedGrant[];
  /** Every act as it was heard, in the order in which they happened. */
  readonly acts: readonly HeardAct[];
}

/** Replays what was heard. Pure; an act that does not read, or for which nobody signed who must, opens nothing. */
export function announcedBy(heard: readonly HeardAct[]): Announced {
  const acts = heard.toSorted((a, b) => a.act.number - b.act.number);
  const wishes = new Map<string, Pick<ReleaseWindow, "channel" | "releases">>();
  const windows = new Map<string, ReleaseWindow>();
  const grants: IssuedGrant[] = [];
  for (const { act, fault, index, seen } of acts) {
    const { subject: id, body, who } = act;
    const place = { index, seen };
    const window = windows.get(id);
    if (fault !== "") continue;
    switch (act.act) {
      case "window.requested":
        whole(requested, body, ({ channel, asked }) => wishes.set(id, { channel, releases: asked.releases }));
        break;
      case "break-glass.called":
        wishes.set(`b-${nameOfCall(body)}`, { channel: id, releases: 1 });
        break;
      case "window.opened":
      case "break-glass.opened":
        whole(opened, body, ({ ends }) => {
          const wish = wishes.get(id);
          if (wish !== undefined)
            windows.set(id, { id, ...wish, opened: place, ends: Math.floor(Date.parse(ends) / 1000), closed: undefined });
        });
        break;
      case "window.closed":
        if (window !== undefined) windows.set(id, { ...window, closed: window.closed ?? place });
        break;
      case "grant.issued":
        whole(issued, body, (grant) => grants.push({ ...grant, place, identity: who }));
        break;
    }
  }
  return { windows, grants, acts };
}

function whole<T>(decoder: Decoder<T>, body: Json, use: (value: T) => unknown): void {
  const read = decode(decoder, body, "an act");
  if (read.ok) use(read.value);
}

function nameOfCall(body: Json): string {
  const document = signedIn(body);
  return document === undefined ? "" : nameOf(document.signed);
}

// SPDX-License-Identifier: Apache-2.0
import { request } from "@countersign/daemon/client";
import { logEvent } from "@countersign/daemon/event";
import { type SigningRequest, signingRequests } from "@countersign/repository/signing-request";
import { decode } from "@countersign/trust/decode";
import { accept, type Outcome, type Refusal } from "@countersign/trust/refusal";
import { standingOf } from "./channel-file.ts";
import { openPublished, type Publisher, publishChannel, refresh, snapshotDue } from "./publisher.ts";

/** What devices see after a turn. */
export interface Versions {
  readonly timestamp: number;
  readonly snapshot: number;
}

export interface Turns {
  /** Publishes what is signed, and refreshes the timestamp if that is due. Turns never overlap: a second one waits for the first. */
  turn(): Promise<Outcome<Versions>>;
}

/** Takes turns with govern at this URL, with a new timestamp at least every `refreshMilliseconds`. */
export function turnsOf(publisher: Publisher, govern: string, refreshMilliseconds: number): Turns {
  let refreshed = Number.NEGATIVE_INFINITY; // unknown after a start, so due
  let last: Promise<unknown> = Promise.resolve();

  const run = async (): Promise<Outcome<Versions>> => {
    for (const signed of await signedRequests(govern)) {
      if (await settle(publisher, govern, signed)) refreshed = publisher.now();
    }
    const published = await openPublished(publisher);
    if (!published.ok) return published;
    if (publisher.now() - refreshed >= refreshMilliseconds || snapshotDue(published.value, publisher.now(), publisher.snapshotDays)) {
      const done = await refresh(publisher, published.value);
      if (!done.ok) return done;
      refreshed = publisher.now();
    }
    return versions(publisher);
  };
  return {
    turn: () => {
      const next = last.then(run);
      last = next.catch(() => undefined); // whoever asked for that turn hears of it; the one after it starts all the same
      return next;
    },
  };
}

/** Brings one signed request to its end. True if that made a new timestamp. */
async function settle(publisher: Publisher, govern: string, signed: SigningRequest): Promise<boolean> {
  const published = await openPublished(publisher);
  if (!published.ok) return said("not-readable", published.refusal);
  const standing = standingOf(signed, published.value);
  if (standing === "superseded") {
    logEvent("publish", "superseded", { channel: signed.channel, version: signed.channelFile.version });
    return false;
  }
  if (standing === "next") {
    const done = await publishChannel(publisher, published.value, signed);
    if (!done.ok) return said("not-published", done.refusal);
  }
  const told = await request(`${govern}/requests/${signed.id}/published`, { method: "POST" }, accept);
  if (!told.ok) said("govern-not-told", told.refusal);
  return standing === "next";
}

/** Without govern there is nothing new, and the timestamp goes on all the same. */
async function signedRequests(govern: string): Promise<readonly SigningRequest[]> {
  const answer = await request(`${govern}/requests?state=signed`, {}, (json) => decode(signingRequests, json, "govern's requests"));
  if (!answer.ok) said("govern-not-heard", answer.refusal);
  return answer.ok ? answer.value.requests : [];
}

async function versions(publisher: Publisher): Promise<Outcome<Versions>> {
  const published = await openPublished(publisher);
  if (!published.ok) return published;
  const { issued } = published.value;
  return accept({ timestamp: issued?.timestamp.signed.version ?? 0, snapshot: issued?.snapshot.signed.version ?? 0 });
}

function said(event: string, refusal: Refusal): false {
  logEvent("publish", event, { ...refusal });
  return false;
}

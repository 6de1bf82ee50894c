// SPDX-License-Identifier: Apache-2.0
import { logEvent } from "@countersign/daemon/event";
import type { SigningRequest } from "@countersign/repository/signing-request";
import { accept, type Outcome, type Refusal } from "@countersign/trust/refusal";
import { standingOf } from "./channel-file.ts";
import type { Govern } from "./govern.ts";
import { type Listing, listingOf, type Ready } from "./listing.ts";
import type { Published } from "./published.ts";
import { issue, makeReady, openPublished, type Publisher, snapshotDue } from "./publisher.ts";

/** What devices see after a turn. */
export interface Versions {
  readonly timestamp: number;
  readonly snapshot: number;
}

export interface Turns {
  /** Publishes what is signed, and refreshes the timestamp if that is due. Turns never overlap: a second one waits for the first. */
  turn(): Promise<Outcome<Versions>>;
}

/** Takes turns with a govern, with a new timestamp at least every `refreshMilliseconds`. */
export function turnsOf(publisher: Publisher, govern: Govern, refreshMilliseconds: number): Turns {
  let refreshed = Number.NEGATIVE_INFINITY; // unknown after a start, so due
  let waited: unknown; // what was said last of targets that are not listed
  let last: Promise<unknown> = Promise.resolve();

  const run = async (): Promise<Outcome<Versions>> => {
    const signed = await signedRequests(govern);
    const opened = await openPublished(publisher);
    if (!opened.ok) return opened;
    const published = opened.value;
    const ready = await shownOf(listingOf(published, await readyOf(publisher, published, govern, signed)), govern);
    const due = publisher.now() - refreshed >= refreshMilliseconds;
    const planned = listingOf(published, ready);
    waited = sayWaiting(published, planned, waited);
    if (!due && !snapshotDue(published, planned, publisher.now(), publisher.snapshotDays)) return accept(versionsOf(published));
    const issued = await issue(publisher, published, ready);
    if (!issued.ok) return issued;
    refreshed = publisher.now();
    for (const { request } of issued.value.ready) await tell(govern, request);
    const after = await openPublished(publisher);
    return after.ok ? accept(versionsOf(after.value)) : after;
  };
  return {
    turn: () => {
      const next = last.then(run);
      last = next.catch(() => undefined); // whoever asked for that turn hears of it; the one after it starts all the same
      return next;
    },
  };
}

/** What is ready and may be shown now; of the rest the log is told. */
async function shownOf({ ready }: Listing, govern: Govern): Promise<readonly Ready[]> {
  const shown: Ready[] = [];
  for (const each of ready) {
    const may = await govern.mayShow(each.request);
    if (may.ok) shown.push(each);
    else said("not-shown", may.refusal);
  }
  return shown;
}

/** Says why the newest targets are not listed, if they are not, and once until that changes. */
function sayWaiting({ newest: { targets, passedOver } }: Published, { waitsFor }: Listing, said: unknown): string {
  const why = [passedOver?.code, ...waitsFor].join(", ");
  if (why !== said && waitsFor.length > 0)
    logEvent("publish", "targets-wait", { version: targets.signed.version, for: waitsFor.join(", ") });
  if (why !== said && passedOver !== undefined) logEvent("publish", "targets-passed-over", { ...passedOver });
  return why;
}

/** Makes ready what is signed and follows what is published, one request a channel; of the others govern or the log is told. */
async function readyOf(
  publisher: Publisher,
  published: Published,
  govern: Govern,
  signed: readonly SigningRequest[],
): Promise<readonly Ready[]> {
  const ready: Ready[] = [];
  for (const request of signed) {
    const { channel, channelFile } = request;
    const standing = ready.some((each) => each.request.channel === channel) ? "superseded" : standingOf(request, published);
    if (standing === "published") await tell(govern, request);
    if (standing === "superseded") logEvent("publish", "superseded", { channel, version: channelFile.version });
    if (standing !== "next") continue;
    const made = await makeReady(publisher, published, request);
    if (made.ok) ready.push(made.value);
    else said("not-published", made.refusal);
  }
  return ready;
}

async function tell(govern: Govern, request: SigningRequest): Promise<void> {
  const told = await govern.published(request);
  if (!told.ok) said("govern-not-told", told.refusal);
}

/** Without govern there is nothing new, and the timestamp goes on all the same. */
async function signedRequests(govern: Govern): Promise<readonly SigningRequest[]> {
  const answer = await govern.signedRequests();
  if (!answer.ok) said("govern-not-heard", answer.refusal);
  return answer.ok ? answer.value : [];
}

function versionsOf({ issued }: Published): Versions {
  return { timestamp: issued?.timestamp.signed.version ?? 0, snapshot: issued?.snapshot.signed.version ?? 0 };
}

function said(event: string, refusal: Refusal): void {
  logEvent("publish", event, { ...refusal });
}

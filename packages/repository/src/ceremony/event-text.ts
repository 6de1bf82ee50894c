// SPDX-License-Identifier: Apache-2.0
import type { Beside } from "../diff/beside.ts";
import { differencesText, printable } from "../diff/text.ts";
import { versionOf } from "../edit/message.ts";
import { eventDifferences } from "./ceremony.ts";
import type { QuorumState } from "./quorum-asked.ts";
import type { SigningEvent } from "./signing-event.ts";

/** What a signer reads before they sign: what it is, what it changes, and whose signatures it has and lacks. For an event that was judged. */
export function eventText(event: SigningEvent, progress: readonly QuorumState[], beside: { before?: Beside; after?: Beside } = {}): string {
  const changes = differencesText(eventDifferences(event, beside));
  return `${printable(event.role)}, version ${versionOf(event.document.message)}\n\n${changes}\n${progressText(progress)}`;
}

/** How far each quorum is filled, a line each. */
export function progressText(progress: readonly QuorumState[]): string {
  const lines = progress.map(({ saidBy, authority, signed, filled }) => {
    const open = authority.keyids.filter((keyid) => !signed.includes(keyid)).map((keyid) => keyid.slice(0, 12));
    const state = filled ? "filled" : `asked are ${open.join(", ")}`;
    return `${printable(`${signed.length} of ${authority.threshold} that ${saidBy} wants: ${state}`)}\n`;
  });
  return lines.join("");
}

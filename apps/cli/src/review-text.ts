// SPDX-License-Identifier: Apache-2.0
import type { FileChange } from "@countersign/release/file-changes";
import type { Change, Review } from "@countersign/release/review";
import type { Order } from "@countersign/trust/release/order";
import { driftText } from "./drift-text.ts";
import { plain } from "./plain.ts";
import { type Cell, table } from "./table.ts";
import { bold, short, trailText } from "./text.ts";

/** A review as somebody reads it before they sign: what it is, what was checked on this machine, what changes. */
export function reviewText(review: Review): string {
  const drift = review.body._type === "release" ? [driftText(review.drift)] : [];
  return [titleOf(review), trailText(review.verdicts), changesText(review), ...drift].join("\n\n");
}

export function changesText({ body, changes, previous }: Review): string {
  if (body._type === "order") {
    const answers = changes.length === 0 ? "" : `\n${table(["", "what", "before", "after"], changes.map(row))}`;
    return `${body.action} ${short(body.release)}${effectOf(body)}: ${plain(body.reason)}${answers}`;
  }
  const against =
    previous === undefined ? "the first release: everything is new" : `against ${previous.body.version} (${short(previous.digest)})`;
  return `${bold("Changes")} ${against}\n${changes.length === 0 ? "none" : table(["", "what", "before", "after"], changes.map(row))}`;
}

function effectOf({ action, to, overSeconds }: Order): string {
  if (to !== null) return `, go to ${short(to)}`;
  if (overSeconds !== null) return ` over ${overSeconds} s`;
  return action === "slow" ? ", nobody begins any more" : "";
}

function titleOf({ body, digest }: Review): string {
  const what = body._type === "release" ? `${body.version}, sequence ${body.sequence}` : `${body.action} order ${body.number}`;
  return `${bold(`${body.product} ${what}`)} on ${body.channel}\ndigest ${digest}`;
}

const marks: Readonly<Record<Change["kind"], Cell>> = {
  field: "",
  added: ["green", "+"],
  removed: ["red", "-"],
  changed: ["yellow", "~"],
  mode: ["yellow", "m"],
};

function row(change: Change): readonly Cell[] {
  if (change.kind === "field") return [marks.field, change.field, change.before, change.after];
  const { kind, platform, path, before, after } = change;
  return [marks[kind], `${platform}: ${path}`, fileText(before), fileText(after)];
}

function fileText(file: FileChange["after"]): string {
  return file === undefined ? "" : `0${file.mode.toString(8)} ${file.length} bytes ${short(file.sha256)}`;
}

// SPDX-License-Identifier: Apache-2.0
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import type { FileChange } from "../file-changes.ts";
import type { Change, Review } from "../review.ts";
import type { FieldChange } from "../statement-changes.ts";
import type { Vouching } from "../voices.ts";
import type { Fact, Row, Section, Shown } from "./shown.ts";
import { driftSections } from "./shown-drift.ts";

/** A review as its page shows it: what it is, who wants it, who built it, what changes, and what was checked. */
export function shownReview(review: Review, person: string): Shown {
  const { body, digest, verdicts } = review;
  return {
    title: titleOf(body),
    lead: `You are ${person}. Everything below was fetched by digest, hashed and compared on this machine: nothing of it is anybody's word.`,
    act: "Approve with passkey",
    sections: [
      { title: body._type === "release" ? "The release" : "The order", facts: [...factsOf(body), ["digest", digest]] },
      { title: "Approvals", facts: approvalsOf(review) },
      ...(body._type === "release" ? releaseSections(review) : orderSections(review)),
      {
        title: `${verdicts.length} checks made here, all passed`,
        folded: true,
        table: {
          head: ["check", "expected", "found"],
          rows: verdicts.map(({ check, expected, found }) => ({ cells: [check, expected, found] })),
        },
      },
    ],
  };
}

/** An order as its page shows it to whoever gives it, before there is one to review. */
export function shownOrder(order: Pick<Order, "product" | "channel" | "action" | "release" | "reason">, person: string): Shown {
  const { product, channel, action, release, reason } = order;
  return {
    title: `Order to ${action} a release of ${product} on ${channel}`,
    lead: `You are ${person}. This proposes the order; what it takes to hold, its approvers decide.`,
    act: "Propose with passkey",
    sections: [
      {
        title: "The order",
        facts: [
          ["release", release],
          ["reason", reason],
        ],
      },
    ],
  };
}

function titleOf(body: Statement | Order): string {
  if (body._type === "release") return `Approve ${body.product} ${body.version} for ${body.channel}`;
  return `Approve to ${body.action} a release of ${body.product} on ${body.channel}`;
}

function factsOf(body: Statement | Order): readonly Fact[] {
  const { product, channel } = body;
  if (body._type === "order")
    return [
      ["product", product],
      ["channel", channel],
      ["order", `number ${body.number}: ${body.action}`],
      ["release", body.release],
      ...(body.to === null ? [] : [["devices go to", body.to] as const]),
      ...(body.overSeconds === null ? [] : [["over", `${body.overSeconds} s`] as const]),
      ["reason", body.reason],
    ];
  const { version, sequence, epoch, urgent, privileges, health, rollout } = body;
  return [
    ["product", `${product} ${version}`],
    ["channel", channel],
    ["sequence, epoch", `${sequence}, ${epoch}`],
    ["urgent", urgent ? "yes: a shorter soak, and one more approval" : "no"],
    ["privileges", privileges.join(", ") || "none"],
    ["health check", `${health.command.join(" ")}${health.expect === null ? "" : `, expecting "${health.expect}"`}`],
    ["rollout", `over ${rollout.overSeconds} s`],
  ];
}

function approvalsOf({ voices: { proposed, approved, needed } }: Review): readonly Fact[] {
  return [
    ["proposed by", proposed.join(", ")],
    ["needed", `${needed} ${needed === 1 ? "person" : "people"} who did not propose it`],
    ["so far", approved.join(", ") || "nobody"],
  ];
}

function releaseSections({ body, builders, previous, changes, drift }: Review): readonly Section[] {
  const artifacts = body._type === "release" ? body.artifacts : [];
  const against =
    previous === undefined ? "The first release: everything is new." : `Against ${previous.body.version}, ${previous.digest}.`;
  const files = changes.filter((change) => change.kind !== "field");
  const fields = changes.filter((change) => change.kind === "field");
  return [
    ...builders.map(builderSection),
    { title: "What it says otherwise than the release before", note: against, ...fieldsOf(fields) },
    ...driftSections(drift),
    { title: `Files: ${countsOf(files)}`, note: "Unpacked here from the bytes that devices get.", ...filesOf(files) },
    {
      title: "Bytes",
      table: {
        head: ["platform", "file", "length", "SHA-256"],
        rows: artifacts.map(({ platform, name, length, sha256 }) => ({ cells: [platform, name, `${length}`, sha256] })),
      },
    },
  ];
}

function orderSections({ changes }: Review): readonly Section[] {
  const fields = changes.filter((change) => change.kind === "field");
  return fields.length === 0 ? [] : [{ title: "What it answers", ...fieldsOf(fields) }];
}

function builderSection({ builder, owner, origin, provenance }: Vouching): Section {
  const source = [origin?.repository, origin?.ref].filter((part) => part !== undefined).join(" @ ");
  const facts: readonly Fact[] = [
    ["builder", builder],
    ...(source === "" ? [] : [["source", source] as const]),
    ...(origin?.commit === undefined ? [] : [["commit", origin.commit] as const]),
    ["provenance", provenance],
  ];
  return { title: `${origin === undefined ? "Looked at" : "Built"} by ${owner ?? "nobody whom the policy names"}`, facts };
}

function fieldsOf(changes: readonly FieldChange[]): Pick<Section, "table" | "note"> {
  if (changes.length === 0) return { note: "Nothing." };
  return { table: { head: ["", "before", "after"], rows: changes.map(({ field, before, after }) => ({ cells: [field, before, after] })) } };
}

function filesOf(changes: readonly FileChange[]): Pick<Section, "table"> {
  return changes.length === 0 ? {} : { table: { head: ["", "before", "after"], rows: changes.map(fileRow) } };
}

const marks = { added: "added", removed: "removed", changed: "changed", mode: "changed" } as const;

function fileRow({ kind, platform, path, before, after }: FileChange): Row {
  return { mark: marks[kind], cells: [`${platform}: ${path}`, fileText(before), fileText(after)] };
}

function fileText(file: FileChange["after"]): string {
  return file === undefined ? "" : `${file.length} bytes, mode ${file.mode.toString(8)}, ${file.sha256.slice(0, 12)}`;
}

function countsOf(changes: readonly Exclude<Change, FieldChange>[]): string {
  const count = (kind: FileChange["kind"]): number => changes.filter((change) => change.kind === kind).length;
  const said = [
    `${count("added")} added`,
    `${count("changed")} changed`,
    `${count("removed")} removed`,
    `${count("mode")} with another mode`,
  ].filter((text) => !text.startsWith("0 "));
  return said.join(", ") || "none changed";
}

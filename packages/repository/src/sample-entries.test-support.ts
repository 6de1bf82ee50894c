// SPDX-License-Identifier: Apache-2.0
// Entries for the tests of this room: well formed, and approved by nobody.

import { type Digest, sha256 } from "@countersign/trust/digest";
import { envelope } from "@countersign/trust/envelope";
import { approval } from "@countersign/trust/release/approval";
import type { Entry } from "@countersign/trust/release/head";
import { type Order, orderDigest } from "@countersign/trust/release/order";
import { releaseDigest, type Statement } from "@countersign/trust/release/statement";
import type { Place } from "./next-head.ts";

export const place: Place = { product: "hello", platform: "linux-x64", channel: "stable" };

/** The release of this sequence, for two platforms. The same sequence is always the same release. */
export function releaseEntry(sequence: number, minimumSequence = 0): Entry<Statement> {
  const body: Statement = {
    _type: "release",
    spec: "countersign/1",
    product: "hello",
    version: `1.0.${sequence}`,
    channel: "stable",
    sequence,
    predecessor: null,
    epoch: 0,
    urgent: false,
    minimumSequence,
    artifacts: ["linux-x64", "linux-arm64"].map((platform) => ({
      platform,
      name: `hello-${sequence}-${platform}.tar.zst`,
      length: 1000 + sequence,
      sha256: sha256(Buffer.from(`${platform} ${sequence}`)),
      unpacked: 4000,
      files: 3,
    })),
    provenance: [sha256(Buffer.from(`provenance ${sequence}`))],
    privileges: [],
    health: { command: ["bin/hello", "--health"], expect: null, timeoutSeconds: 10, attempts: 3 },
    rollout: { overSeconds: 0 },
  };
  return entry(body, releaseDigest(body));
}

/** A recall of `release` in favour of `to`. */
export function orderEntry(number: number, release: Digest, to: Digest): Entry<Order> {
  const { product, channel } = place;
  const fields = { product, channel, number, release, to, denials: [], overSeconds: null };
  const body: Order = { _type: "order", spec: "countersign/1", action: "recall", ...fields, reason: "a test" };
  return entry(body, orderDigest(body));
}

function entry<T extends Statement | Order>(body: T, digest: Digest): Entry<T> {
  const signed = { _type: "approval", spec: "countersign/1", decision: "propose", subject: body._type, digest };
  return { body, digest, approvals: [envelope(approval)({ signatures: [], signed }, "")], proof: "" };
}

// SPDX-License-Identifier: Apache-2.0
import { channelPath, type TargetFile, type TargetsDocument } from "@countersign/trust/anchor/targets";
import { servedBytes } from "@countersign/trust/canonical";
import { artifactFor } from "@countersign/trust/release/device-checks";
import { type Head, headDocument } from "@countersign/trust/release/head";
import { SPEC_VERSION } from "./spec-version.ts";
import { targetFileOf } from "./target-path.ts";

/** The target path of a head. */
export function headPath({ channel, product, platform }: Pick<Head, "channel" | "product" | "platform">): string {
  return channelPath(channel, product, platform, "head.json");
}

/** The bytes of a head as it is served. */
export function headBytes(head: Head): Uint8Array {
  return servedBytes(headDocument(head));
}

/**
 * The channel file that follows `previous` when these heads change: a pure function, so that every signer computes by itself what
 * it is asked to sign. `heads` are those that change, by their target paths; what belongs to other heads stays as it is.
 * Where releases in a head name artifacts alike, the newest has the name; nothing can take the name of the head itself.
 */
export function nextChannel(previous: TargetsDocument | undefined, heads: ReadonlyMap<string, Head>, expires: string): TargetsDocument {
  const changed = [...heads.keys()].map(directoryOf);
  const kept = Object.entries(previous?.targets ?? {}).filter(([path]) => !changed.includes(directoryOf(path)));
  return {
    _type: "targets",
    spec_version: SPEC_VERSION,
    version: (previous?.version ?? 0) + 1,
    expires,
    targets: Object.fromEntries([...kept, ...[...heads].flatMap(([path, head]) => targetsOf(path, head))]),
  };
}

function targetsOf(path: string, head: Head): readonly (readonly [string, TargetFile])[] {
  const artifacts = head.releases.flatMap(({ body }) => {
    const artifact = artifactFor(body, head.platform);
    if (artifact === undefined) return [];
    const file: TargetFile = { length: artifact.length, hashes: { sha256: artifact.sha256 } };
    return [[directoryOf(path) + artifact.name, file] as const];
  });
  return [...artifacts, [path, targetFileOf(headBytes(head))]]; // the last of one name holds
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

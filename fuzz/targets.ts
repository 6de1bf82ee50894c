// SPDX-License-Identifier: Apache-2.0
import type { Target } from "./target.ts";
import { archive } from "./targets/archive.ts";
import { certificate } from "./targets/build-certificate.ts";
import { assertion } from "./targets/certificate-assertion.ts";
import { head } from "./targets/head.ts";
import { json } from "./targets/json.ts";
import { der, key } from "./targets/key.ts";
import { mapFile } from "./targets/map-file.ts";
import { policy } from "./targets/policy.ts";
import { provenance } from "./targets/provenance.ts";
import { order, statement } from "./targets/release.ts";
import { revocations } from "./targets/revocations.ts";
import { root } from "./targets/root.ts";
import { sidecar } from "./targets/sidecar.ts";
import { snapshot } from "./targets/snapshot.ts";
import { tar } from "./targets/tar.ts";
import { plainTargets, targets as targetsRole } from "./targets/targets.ts";
import { timestamp } from "./targets/timestamp.ts";
import { checkpoint, tlogProof } from "./targets/tlog-proof.ts";
import { addCheckpoint, bundle, note } from "./targets/tlog-text.ts";
import { trusted } from "./targets/trusted.ts";

/** Every reader that meets bytes from outside. */
export const targets: readonly Target[] = [
  ...[json, root, timestamp, snapshot, targetsRole, plainTargets, trusted, mapFile],
  ...[policy, statement, order, head, provenance, certificate, revocations],
  ...[note, checkpoint, tlogProof, addCheckpoint, bundle],
  ...[key, der, sidecar, assertion],
  ...[tar, archive],
];

/** Some of them; throws for a name that none has. */
export function targetsNamed(names: readonly string[]): readonly Target[] {
  return names.map((name) => {
    const target = targets.find((candidate) => candidate.name === name);
    if (target === undefined) throw new RangeError(`no target ${name}; there are ${targets.map((each) => each.name).join(", ")}`);
    return target;
  });
}

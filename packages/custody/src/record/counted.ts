// SPDX-License-Identifier: Apache-2.0
import type { CustodyKey } from "../key.ts";
import { accept, KeyRefused, type Outcome } from "../outcome.ts";
import { judgeUse } from "./record-checks.ts";
import type { RecordFile } from "./record-file.ts";

/**
 * A key that signs with its record: each use is counted on disk before the signature is made. At its limit, or once expired, it is refused
 * when it is opened and, where it was open, at the next signature.
 */
export function counted(key: CustodyKey, file: RecordFile, now: () => number): Outcome<CustodyKey> {
  const usable = judgeUse({ record: file.read(), keyid: key.keyid, now: now() });
  if (!usable.ok) return usable;
  return accept({
    ...key,
    sign: async (message) => {
      const use = file.count(key.keyid, now());
      if (!use.ok) throw new KeyRefused(use.refusal);
      return key.sign(message);
    },
  });
}

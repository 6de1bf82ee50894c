// SPDX-License-Identifier: Apache-2.0
import { dirname } from "node:path";
import type { KeyPlace } from "@countersign/custody/place";

/** What is opened as one with this key, seen from the machine that uses it: keys of one domain fall together. */
export function custodyDomain(place: KeyPlace, machine: string): string {
  switch (place.custody) {
    case "encrypted-file":
      return `files in ${dirname(place.keyFile)} on ${machine}`;
    case "pkcs11":
      return `token ${place.token} on ${machine}`;
    case "aws-kms":
      return `aws-kms ${accountIn(place.keyId) ?? place.region}`;
    case "transit":
      return `transit ${place.url} ${place.mount}`;
  }
}

/** The account of an ARN; a bare key identifier names none. */
function accountIn(keyId: string): string | undefined {
  return /^arn:[^:]+:kms:[^:]*:(\d+):/.exec(keyId)?.[1];
}

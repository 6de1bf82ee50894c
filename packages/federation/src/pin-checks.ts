// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import type { Token } from "./jws.ts";
import type { FederatedPin } from "./pin.ts";
import { platformOf } from "./platform.ts";

interface Pinned {
  readonly candidate: Token;
  readonly pin: FederatedPin;
}

/** One rule for each claim of a pin: the token has it, and it is exactly this. Named `pin/CLAIM`; refused as `CLAIM-missing` or `CLAIM-differs`. */
export function pinChecks(pin: FederatedPin): readonly Check<Pinned>[] {
  const known = platformOf(pin.kind).claims.map(({ name }) => name);
  const names = [...known, ...Object.keys(pin.claims).filter((name) => !known.includes(name))];
  return names.filter((name) => pin.claims[name] !== undefined).map(pinned);
}

/** A claim of a token, or one inside another: `kubernetes.io/pod/uid`. */
export function claimOf({ claims }: Pick<Token, "claims">, name: string): unknown {
  return name
    .split("/")
    .reduce<unknown>((value, step) => (isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined), claims);
}

function pinned(name: string): Check<Pinned> {
  return {
    name: `pin/${name}`,
    source: "the identity's pin",
    examine: ({ candidate, pin }) => {
      const value = claimOf(candidate, name);
      const expected = pin.claims[name] ?? "";
      const code = name.replace(/[^A-Za-z0-9]+/g, "-").toLowerCase();
      return decide(
        value === expected,
        expected,
        value === undefined ? "none" : String(value).slice(0, 200),
        `${code}-${value === undefined ? "missing" : "differs"}`,
        "Run the job that is pinned, or have its owner change the pin: countersign identity explain TOKEN",
      );
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

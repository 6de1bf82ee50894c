// SPDX-License-Identifier: Apache-2.0
import { type Check, decide } from "@countersign/trust/check";
import type { Token } from "./jws.ts";
import type { FederatedPin } from "./pin.ts";
import { platforms } from "./platform.ts";

interface Pinned {
  readonly candidate: Token;
  readonly pin: FederatedPin;
}

const known: readonly string[] = [...new Set(platforms.flatMap(({ claims }) => claims.map(({ name }) => name)))];

/**
 * One rule for each claim that a pin may fix: the token has it, and it is exactly this. Named `pin/CLAIM`; refused as `CLAIM-missing` or `CLAIM-differs`.
 * What a generic issuer's pin says besides is one rule more.
 */
export const pinChecks: readonly Check<Pinned>[] = [
  ...known.map(pinned),
  {
    name: "pin/others",
    source: "the identity's pin",
    examine: (subject) => {
      const others = Object.keys(subject.pin.claims).filter((name) => !known.includes(name));
      const refused = others.map((name) => pinned(name).examine(subject)).find(({ ok }) => !ok);
      const said = others.map((name) => `${name} ${subject.pin.claims[name]}`).join(", ");
      return refused ?? decide(true, said, said, "", "");
    },
  },
];

/** Whether a rule is about something that this pin says. */
export function concerns({ name }: Pick<Check<Pinned>, "name">, { claims }: FederatedPin): boolean {
  if (name === "pin/others") return Object.keys(claims).some((claim) => !known.includes(claim));
  return !name.startsWith("pin/") || claims[name.slice("pin/".length)] !== undefined;
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

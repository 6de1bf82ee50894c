// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { githubPin, gitlabPin } from "./jobs.test-support.ts";
import { type FederatedPin, readPin } from "./pin.ts";
import { platforms } from "./platform.ts";

const issuer = "https://token.actions.githubusercontent.com";
const github = githubPin(issuer, "https://govern.example");
const kubernetes: FederatedPin = {
  kind: "kubernetes",
  issuer: "https://cluster.example",
  audience: "https://govern.example",
  claims: { sub: "system:serviceaccount:release:signer", "kubernetes.io/serviceaccount/uid": "6f1c2c5a-5df0-4e7f-8c5e-0a3c0a4b0b5d" },
};
const pins: readonly FederatedPin[] = [
  github,
  gitlabPin("https://gitlab.example", "https://govern.example"),
  kubernetes,
  { ...kubernetes, kind: "spiffe", claims: { sub: "spiffe://example.org/release/signer" } },
  { ...kubernetes, kind: "oidc", claims: { sub: "svc-7f3a", tenant: "5e1" } },
];

function refusedAt(value: unknown): string {
  const read = readPin(value);
  assert.ok(!read.ok, JSON.stringify(value));
  return read.refusal.expected;
}
const withClaim = (pin: FederatedPin, name: string, value: unknown): unknown => ({ ...pin, claims: { ...pin.claims, [name]: value } });

test("a pin of each platform reads as it was written, and so does a daemon's certificate", () => {
  for (const pin of pins) assert.deepEqual(readPin(pin), { ok: true, value: pin });
  const daemon = { kind: "certificate", thumbprint: "a".repeat(64), audience: "https://govern.example" };
  assert.deepEqual(readPin(daemon), { ok: true, value: daemon });
  for (const thumbprint of ["", "a".repeat(63), "A".repeat(64), "*", undefined]) refusedAt({ ...daemon, thumbprint });
});

test("every platform is in the table of pins that are tested here", () => {
  assert.deepEqual(
    platforms.map(({ kind }) => kind),
    pins.map(({ kind }) => kind),
  );
});

test("attack: a pin that lacks an immutable id, or leaves one empty", () => {
  for (const pin of pins)
    for (const name of Object.keys(pin.claims).filter((claim) => claim !== "tenant")) {
      const { [name]: _gone, ...others } = pin.claims;
      assert.match(refusedAt({ ...pin, claims: others }), new RegExp(`claims\\.${name}`), `${pin.kind} without ${name}`);
      refusedAt(withClaim(pin, name, ""));
      refusedAt(withClaim(pin, name, null));
    }
  refusedAt({ ...github, claims: {} });
  refusedAt({ ...github, kind: "oidc", claims: {} });
});

test("attack: a wildcard, a regular expression or a prefix in any place of a pin", () => {
  const inexact = [
    "*",
    "?",
    "octo/*",
    "release-*",
    "^main$",
    ".*",
    "re.+",
    "(main|dev)",
    "[a-z]",
    "{a,b}",
    "a\\b",
    " a",
    "a ",
    "a\n",
    "a/",
    "a:",
    "a@",
  ];
  for (const pin of pins)
    for (const value of inexact) {
      for (const name of Object.keys(pin.claims)) refusedAt(withClaim(pin, name, value));
      refusedAt({ ...pin, audience: value });
    }
});

test("attack: an issuer that can be spelled in two ways, or that anybody on the way can be", () => {
  const issuers = [
    `${issuer}/`,
    "http://issuer.example",
    "https://issuer.example:443",
    "https://ISSUER.example",
    "https://issuer.example/a/../b",
    "https://issuer.example?x=1",
    "https://issuer.example#x",
    "https://user@issuer.example",
    "https://issuer.example/realms/*",
    "issuer.example",
    "",
    undefined,
  ];
  for (const each of issuers) refusedAt({ ...github, issuer: each });
  for (const each of ["http://127.0.0.1:8080", "http://localhost:8080", "https://issuer.example/realms/one"])
    assert.ok(readPin({ ...github, issuer: each }).ok, each);
});

test("attack: an event that a stranger's pull request starts, an unprotected ref, half a workflow's name", () => {
  for (const event of ["pull_request", "pull_request_target", "workflow_run", "issue_comment"])
    assert.match(refusedAt(withClaim(github, "event_name", event)), /event_name/);
  refusedAt(withClaim(github, "ref_protected", "false"));
  refusedAt(withClaim(github, "workflow_ref", "octo/app/.github/workflows/release.yml"));
  refusedAt(withClaim(github, "repository_id", "octo/app"));
  refusedAt(withClaim(gitlabPin("https://gitlab.example", "https://a.example"), "pipeline_source", "merge_request_event"));
});

test("attack: a field or a claim that nobody reads, and might be the one that was meant to bind", () => {
  refusedAt({ ...github, subject: "octo" });
  refusedAt(withClaim(github, "repository", "octo/app"));
  refusedAt(withClaim({ ...github, kind: "oidc", claims: { sub: "a" } }, "aud", "b"));
  refusedAt({ ...github, kind: "unknown" });
});

test("whatever is sent as a pin is a pin or a refusal", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => void readPin(value)));
});

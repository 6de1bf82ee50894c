// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { violations } from "./import-law.ts";
import { rooms, root, type SourceFile, sources, workbenches } from "./sources.ts";

const kinds = new Map(rooms().map((room) => [basename(room), dirname(room)]));

function declaredBy(room: string): string[] {
  const workbench = workbenches.includes(room);
  const file = join(root, workbench ? "" : room, "package.json");
  if (!existsSync(file)) return [];
  const { dependencies, devDependencies } = JSON.parse(readFileSync(file, "utf8"));
  const ours = [...kinds.keys()].map((name) => `@countersign/${name}`);
  return workbench ? [...Object.keys(devDependencies), ...ours] : Object.keys(dependencies ?? {});
}

test("the law of imports holds in every file", () => {
  const files = sources();
  assert.ok(files.length > 20);
  assert.deepEqual(
    files.flatMap((file) => violations(file, { declared: declaredBy(file.room), kinds })),
    [],
  );
});

const declared = ["@countersign/tlog", "@countersign/trust", "@countersign/sign", "hono", "zod"];

function judge(path: string, text: string): string[] {
  const [kind = "", name = ""] = path.split("/");
  const file: SourceFile = {
    path,
    room: ["packages", "duties", "apps"].includes(kind) ? `${kind}/${name}` : kind,
    isTest: path.endsWith(".test.ts"),
    text,
  };
  return violations(file, { declared, kinds });
}

test("the law can be broken, and says so", () => {
  const unlawful: readonly (readonly [path: string, text: string])[] = [
    ["packages/trust/src/a.ts", 'import { readFileSync } from "node:fs";'],
    ["packages/trust/src/a.ts", 'import { createHash, randomBytes } from "node:crypto";'],
    ["packages/trust/src/a.ts", 'import {\n  createHash,\n  type KeyObject,\n  sign as s,\n} from "node:crypto";'],
    ["packages/trust/src/a.ts", 'import * as crypto from "node:crypto";'],
    ["packages/trust/src/a.ts", 'import "node:fs";'],
    ["packages/trust/src/a.ts", 'export { x } from "@countersign/repository/x";'],
    ["packages/trust/src/a.ts", 'import { Hono } from "hono";'],
    ["packages/trust/src/a.ts", 'const f = await import("node:fs");'],
    ["packages/trust/src/a.ts", "const now = Date.now();"],
    ["packages/trust/src/a.ts", "const now = new Date();"],
    ["packages/trust/src/a.ts", "return fetch(url);"],
    ["packages/tlog/src/a.ts", "const n = Math.random(); // chance"],
    ["packages/tlog/src/a.ts", 'if (process.env["X"]) setTimeout(f, 1);'],
    ["packages/tlog/src/a.ts", 'import type { X } from "@countersign/trust/x";'],
    ["packages/custody/src/a.ts", 'import { refuse } from "@countersign/tlog/refusal";'],
    ["packages/daemon/src/a.ts", 'import { x } from "@countersign/trust/x";'],
    ["packages/updater/src/a.ts", 'import { z } from "zod";'],
    ["packages/repository/src/a.ts", 'import { x } from "../../trust/src/x.ts";'],
    ["packages/repository/src/a.ts", 'import { x } from "../../../duties/sign/src/x.ts";'],
    ["duties/publish/src/a.ts", 'import { x } from "@countersign/sign/x";'],
    ["duties/publish/src/a.test.ts", 'import { x } from "@countersign/sign/x";'],
    ["duties/publish/src/a.ts", 'import { x } from "kysely";'],
    ["duties/publish/src/a.ts", 'import { x } from "@countersign/world/x";'],
    ["apps/cli/src/a.ts", 'import { x } from "undeclared";'],
    ["packages/newcomer/src/a.ts", 'import { x } from "@countersign/tlog/x";'],
  ];
  for (const [path, text] of unlawful) assert.notDeepEqual(judge(path, text), [], `${path}: ${text}`);
});

test("the law lets through what it should", () => {
  const lawful: readonly (readonly [path: string, text: string])[] = [
    [
      "packages/trust/src/a.ts",
      'import { createHash, type KeyObject, verify as check } from "node:crypto";\nimport { refuse } from "@countersign/tlog/refusal";',
    ],
    ["packages/trust/src/tuf/a.ts", 'import type { X } from "../digest.ts";\nconst time = new Date(text).getTime();'],
    ["packages/trust/src/a.ts", "/** Reads no clock: never Date.now(), never\n * fetch(url). */\nconst a = 1; // process.env is not ours"],
    ["packages/trust/src/a.test.ts", 'import { readFileSync } from "node:fs";\nDate.now();'],
    ["duties/publish/src/a.ts", 'import { x } from "@countersign/trust/x";\nimport { Hono } from "hono";'],
    ["duties/publish/src/a.ts", 'import { x } from "./b.ts";\nDate.now();'],
    ["apps/cli/src/a.ts", 'import { x } from "@countersign/sign/x";'],
  ];
  for (const [path, text] of lawful) assert.deepEqual(judge(path, text), [], `${path}: ${text}`);
});

// SPDX-License-Identifier: Apache-2.0
// What is published is tried as a stranger would use it: packed, installed in an empty folder, run on plain Node.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { rooms, root, workbenches } from "./sources.ts";

const scratch = mkdtempSync(join(tmpdir(), "pack-"));
after(() => rmSync(scratch, { recursive: true }));

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
}

const workspaces = rooms().filter((room) => !workbenches.includes(room));
const manifests = workspaces.map((room): Manifest => JSON.parse(readFileSync(join(root, room, "package.json"), "utf8")));
const published = manifests.filter((manifest) => manifest.private !== true);
const tsc = join(root, "node_modules/typescript/bin/tsc");

// The launcher's NODE_OPTIONS select our sources; strangers have none.
const { NODE_OPTIONS, NODE_TEST_CONTEXT, ...env } = process.env;

function run(cwd: string, command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  assert.equal(status, 0, `${[command, ...args].join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

// `npm test` says where npm is; otherwise it is looked up as usual.
function npm(cwd: string, ...args: readonly string[]): string {
  const cli = env["npm_execpath"];
  return cli?.endsWith(".js") === true ? run(cwd, process.execPath, cli, ...args) : run(cwd, "npm", ...args);
}

/** A copy of the workspaces without anything built, so that no earlier build can stand in for this one. */
function cleanCopy(): string {
  const copy = join(scratch, "source");
  mkdirSync(join(copy, "node_modules/@countersign"), { recursive: true });
  for (const file of ["package.json", "tsconfig.base.json", ".npmrc"]) cpSync(join(root, file), join(copy, file));
  for (const room of workspaces) {
    cpSync(join(root, room), join(copy, room), {
      recursive: true,
      filter: (path) => !/^(dist|node_modules|.*\.tsbuildinfo)$/.test(basename(path)),
    });
    symlinkSync(join(copy, room), join(copy, "node_modules/@countersign", basename(room)));
  }
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name !== "@countersign" && name !== ".package-lock.json")
      symlinkSync(join(root, "node_modules", name), join(copy, "node_modules", name));
  }
  return copy;
}

/** The files a published package ships, relative to its `dist`. */
function shipped(consumer: string, room: string): string[] {
  return readdirSync(join(consumer, "node_modules/@countersign", room, "dist"), { recursive: true, encoding: "utf8" });
}

const typed = `import { accept, type Outcome } from "@countersign/tlog/refusal";
import { createKey } from "@countersign/custody/encrypted-file";
const outcome: Outcome<number> = accept(1);
export const value: number | string = outcome.ok ? outcome.value : outcome.refusal.code;
export const keyid = async (): Promise<string> => (await createKey("k", "passphrase", "ed25519")).keyid;
`;
const mistyped = typed.replace("number | string", "boolean");

test("the published packages install in an empty folder and work there, types and all", { timeout: 300_000 }, () => {
  const [tarballs, consumer] = [join(scratch, "tarballs"), join(scratch, "consumer")];
  mkdirSync(tarballs);
  mkdirSync(consumer);
  npm(cleanCopy(), "pack", "--pack-destination", tarballs, ...published.flatMap(({ name }) => ["-w", name]));
  const files = readdirSync(tarballs).map((file) => join(tarballs, file));
  assert.equal(files.length, published.length);
  writeFileSync(join(consumer, "package.json"), '{ "private": true, "type": "module" }');
  npm(consumer, "install", "--prefer-offline", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", ...files);

  for (const { name } of published) {
    const dist = shipped(consumer, basename(name));
    const stray = dist.filter((file) => /\.test\.|(?<!\.d)\.ts$/.test(file));
    assert.ok(dist.length > 0 && stray.length === 0, `${name} ships JavaScript and types, and no ${stray}`);
  }
  for (const room of ["tlog", "trust", "updater"]) {
    const modules = shipped(consumer, room).filter((file) => file.endsWith(".js"));
    const imports = modules.map((file) => `await import("@countersign/${room}/${file.slice(0, -3)}");`);
    writeFileSync(join(consumer, `${room}.js`), imports.join("\n"));
    run(consumer, process.execPath, `${room}.js`);
  }

  symlinkSync(join(root, "node_modules/@types"), join(consumer, "node_modules/@types"));
  writeFileSync(join(consumer, "typed.ts"), typed);
  writeFileSync(join(consumer, "mistyped.ts"), mistyped);
  const check = [tsc, "--noEmit", "--strict", "--module", "nodenext", "--target", "esnext", "--types", "node"];
  run(consumer, process.execPath, ...check, "typed.ts");
  assert.throws(() => run(consumer, process.execPath, ...check, "mistyped.ts"), /TS2322/);

  for (const name of manifests.flatMap(({ bin }) => Object.keys(bin ?? {}))) {
    assert.match(run(consumer, process.execPath, join(consumer, "node_modules/.bin", name), "--help"), new RegExp(name), `${name} --help`);
  }
});

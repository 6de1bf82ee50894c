// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sha256 } from "@countersign/trust/digest";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Asking, Effect } from "@countersign/trust/tuf/asking";
import { binOf } from "@countersign/trust/tuf/delegation";
import { lookup } from "@countersign/trust/tuf/lookup";
import { refresh } from "@countersign/trust/tuf/refresh";
import { trustRoot } from "@countersign/trust/tuf/trusted";
import fc from "fast-check";
import { Updater } from "tuf-js";
import { hashBin } from "./bins.ts";
import { delegate, replaceDelegatedKey, undelegate } from "./delegation-edits.ts";
import { firstTargets } from "./first.ts";
import { ed25519, expires, PlainRepository, p256, rsaPss, serveFiles } from "./plain-repository.test-support.ts";
import { freshTimestamp } from "./publication.ts";
import { revise } from "./revise.ts";
import { removeTarget } from "./target-edits.ts";

const base = mkdtempSync(join(tmpdir(), "editor-"));
after(() => rmSync(base, { recursive: true }));

const plain = () => PlainRepository.create({ root: ed25519(), timestamp: ed25519(), snapshot: ed25519(), targets: ed25519() });

/** A stock client that starts from root 1 with nothing cached. */
async function stockClient(repository: PlainRepository, url: string): Promise<Updater> {
  const directory = mkdtempSync(join(base, "client-"));
  await writeFile(join(directory, "root.json"), repository.files.get("metadata/1.root.json") ?? "");
  const client = new Updater({
    metadataDir: directory,
    metadataBaseUrl: `${url}/metadata`,
    targetDir: directory,
    targetBaseUrl: `${url}/targets`,
  });
  await client.refresh();
  return client;
}

/** Our own client: the pure state machine of trust, with its store in memory. It stays, while the repository goes on. */
class OwnClient {
  readonly #repository: PlainRepository;
  readonly #kept = new Map<string, Uint8Array>();

  constructor(repository: PlainRepository) {
    this.#repository = repository;
  }

  find(path: string): string | undefined {
    const trusted = taken(
      this.#run(refresh(taken(trustRoot(this.#repository.files.get("metadata/1.root.json") ?? new Uint8Array())), { now })),
    );
    const { outcome } = this.#run(lookup(trusted, path, { now }));
    if (!outcome.ok && outcome.refusal.code === "no-such-target") return undefined;
    const { target } = taken({ outcome });
    return target.hashes.sha256;
  }

  #run<R>(asking: Asking<R>): R {
    let step = asking.next();
    while (step.done !== true) step = asking.next(accept(this.#answer(step.value)));
    return step.value;
  }

  #answer(effect: Effect): Uint8Array | undefined {
    if (effect.kind === "fetch") return this.#repository.files.get(`metadata/${effect.path}`);
    const name = effect.role === "root" && "version" in effect ? `${effect.version}.root` : effect.role;
    if (effect.kind === "keep") this.#kept.set(name, effect.bytes);
    if (effect.kind === "forget") this.#kept.delete(name);
    return this.#kept.get(name);
  }
}

const now = Date.parse("2029-01-01T00:00:00Z");

function taken<T>({ outcome }: { readonly outcome: Outcome<T> }): T {
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.value;
}

async function fetched(client: Updater, path: string): Promise<string | undefined> {
  const info = await client.getTargetInfo(path);
  return info === undefined ? undefined : readFileSync(await client.downloadTarget(info), "utf8");
}

test("nested delegations by path and by hash prefix, in their order, with keys of every kind that stock clients read", async () => {
  const repository = await plain();
  const [team, late, first] = [p256(), rsaPss(), ed25519()];
  await repository.addTarget("targets", "top.txt", "top");
  for (const [name, key] of [
    ["team", team],
    ["late", late],
    ["first", first],
  ] as const) {
    repository.keys.set(name, [key]);
    await repository.publish(new Map([[name, firstTargets(expires)]]));
  }
  const wide = { threshold: 1, terminating: false };
  await repository.edit("targets", delegate(repository.role("targets"), { ...wide, name: "team", keys: [team.tuf], paths: ["team/*"] }));
  await repository.edit(
    "targets",
    delegate(repository.role("targets"), { ...wide, name: "first", keys: [first.tuf], paths: ["team/*"] }, "team"),
  );
  const prefix = createHash("sha256").update("team/deep").digest("hex").slice(0, 2);
  await repository.edit("team", delegate(repository.role("team"), { ...wide, name: "late", keys: [late.tuf], pathHashPrefixes: [prefix] }));
  await repository.addTarget("team", "team/a", "of team");
  await repository.addTarget("team", "team/both", "of team");
  await repository.addTarget("first", "team/both", "of first");
  await repository.addTarget("late", "team/deep", "of late");
  using server = await serveFiles(repository.files);
  const client = await stockClient(repository, server.url);
  assert.equal(await fetched(client, "top.txt"), "top");
  assert.equal(await fetched(client, "team/a"), "of team");
  assert.equal(await fetched(client, "team/both"), "of first", "the order of delegations is priority");
  assert.equal(await fetched(client, "team/deep"), "of late");
  assert.equal(await fetched(client, "team/none"), undefined);
});

test("a flat role is moved into bins, and a change to one of them writes one bin, snapshot and timestamp", async () => {
  for (const listing of ["digests", "versions"] as const) {
    const repository = await plain();
    for (let index = 0; index < 20; index++) await repository.addTarget("targets", `files/${index}`, `file ${index}`);
    const key = ed25519();
    repository.keys.set("bin", [key]);
    const bins = { namePrefix: "bin", bitLength: 3, keys: [key.tuf], threshold: 1 };
    await repository.publish(hashBin("targets", repository.role("targets"), bins, expires), listing);
    const bin = binOf({ name_prefix: "bin", bit_length: 3 }, "files/new");
    const before = new Map(repository.files);
    assert.deepEqual(await repository.addTarget(bin, "files/new", "new"), [`2.${bin}.json`, "23.snapshot.json", "timestamp.json"]);
    for (const [name, bytes] of before) if (name !== "metadata/timestamp.json") assert.equal(repository.files.get(name), bytes, name);
    using server = await serveFiles(repository.files);
    const client = await stockClient(repository, server.url);
    for (let index = 0; index < 20; index++) assert.equal(await fetched(client, `files/${index}`), `file ${index}`);
    assert.equal(await fetched(client, "files/new"), "new");
  }
});

test("a repository in which nothing happens needs one file: a timestamp", async () => {
  const repository = await plain();
  await repository.addTarget("targets", "a", "1");
  const terms = {
    keysOf: (role: string) => repository.keys.get(role) ?? [],
    expires: { snapshot: expires, timestamp: "2091-01-01T00:00:00Z" },
  };
  const { files, edition } = await freshTimestamp(repository.edition, terms);
  assert.deepEqual([...files.keys()], ["timestamp.json"]);
  for (const [name, bytes] of files) repository.files.set(`metadata/${name}`, bytes);
  assert.equal(edition.snapshot, repository.edition.snapshot);
  assert.equal(new OwnClient(repository).find("a"), sha256(Buffer.from("1")));
});

test("a version that does not follow the listed one is not published: every client would refuse it", async () => {
  const repository = await plain();
  await repository.addTarget("targets", "a", "1");
  await assert.rejects(repository.publish(new Map([["targets", repository.role("targets")]])), RangeError);
  await assert.rejects(repository.publish(new Map([["targets", firstTargets(expires)]])), RangeError);
});

type Step =
  | { readonly do: "add" | "remove"; readonly role: number; readonly name: number }
  | { readonly do: "delegate" | "undelegate" | "replace-key" | "renew" | "bin"; readonly role: number }
  | { readonly do: "rotate"; readonly top: "root" | "timestamp" | "snapshot" | "targets" };

const small = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom("add" as const, "remove" as const), role: small, name: small }),
  fc.record({
    do: fc.constantFrom("delegate" as const, "undelegate" as const, "replace-key" as const, "renew" as const, "bin" as const),
    role: small,
  }),
  fc.record({
    do: fc.constant("rotate" as const),
    top: fc.constantFrom("root" as const, "timestamp" as const, "snapshot" as const, "targets" as const),
  }),
);

/** What a reader should find, kept beside the repository: role by role, content by path; bins hold what their role held. */
async function take(
  repository: PlainRepository,
  model: Map<number, Map<string, string>>,
  binned: Set<number>,
  delegated: Set<number>,
  given: Step,
  turn: number,
): Promise<void> {
  if (given.do === "rotate") return repository.rotate(given.top, ed25519());
  const name = `role${given.role}`;
  const known = model.get(given.role);
  if (given.do === "delegate") {
    const key = turn % 2 === 0 ? ed25519() : p256();
    repository.keys.set(name, [key]);
    const delegation = { name, keys: [key.tuf], threshold: 1, terminating: turn % 3 === 0, paths: [`${name}/*`] };
    const targets = revise(repository.role("targets"), expires, delegate(repository.role("targets"), delegation));
    const role = known === undefined ? firstTargets(expires) : revise(repository.role(name), expires);
    await repository.publish(
      new Map([
        ["targets", targets],
        [name, role],
      ]),
    );
    if (known === undefined) model.set(given.role, new Map());
    delegated.add(given.role);
    return;
  }
  if (known === undefined || !delegated.has(given.role)) return;
  if (given.do === "undelegate") {
    await repository.edit("targets", undelegate(repository.role("targets"), name));
    delegated.delete(given.role);
  } else if (given.do === "replace-key") {
    const [old] = repository.keys.get(name) ?? [];
    const key = ed25519();
    const targets = revise(repository.role("targets"), expires, replaceDelegatedKey(repository.role("targets"), old?.keyid ?? "", key.tuf));
    repository.keys.set(name, [key]);
    await repository.publish(
      new Map([
        ["targets", targets],
        [name, revise(repository.role(name), expires)],
      ]),
    );
  } else if (given.do === "renew") {
    await repository.edit(name, []);
  } else if (given.do === "bin") {
    if (binned.has(given.role)) return;
    const key = ed25519();
    repository.keys.set(`${name}-bin`, [key]);
    await repository.publish(
      hashBin(name, repository.role(name), { namePrefix: `${name}-bin`, bitLength: 2, keys: [key.tuf], threshold: 1 }, expires),
    );
    binned.add(given.role);
  } else if (given.do === "add" || given.do === "remove") {
    const path = `${name}/file${given.name}`;
    const holder = binned.has(given.role) ? binOf({ name_prefix: `${name}-bin`, bit_length: 2 }, path) : name;
    if (given.do === "add") {
      await repository.addTarget(holder, path, `${path} at ${turn}`);
      known.set(path, `${path} at ${turn}`);
    } else {
      await repository.edit(holder, [removeTarget(path)]);
      known.delete(path);
    }
  }
}

test("property: our client follows every edit of any history, a stock client its end, and both find what was listed last", {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const repository = await plain();
      const model = new Map<number, Map<string, string>>();
      const [binned, delegated] = [new Set<number>(), new Set<number>()];
      using server = await serveFiles(repository.files);
      const own = new OwnClient(repository);
      for (const [turn, given] of steps.entries()) {
        await take(repository, model, binned, delegated, given, turn);
        if ("role" in given) {
          const path = `role${given.role}/file${"name" in given ? given.name : 0}`;
          const wanted = delegated.has(given.role) ? model.get(given.role)?.get(path) : undefined;
          assert.equal(own.find(path), wanted && sha256(Buffer.from(wanted)), path);
        }
      }
      const client = await stockClient(repository, server.url);
      for (let role = 0; role < 4; role++)
        for (let name = 0; name < 4; name++) {
          const path = `role${role}/file${name}`;
          const wanted = delegated.has(role) ? model.get(role)?.get(path) : undefined;
          assert.equal(await fetched(client, path), wanted, path);
        }
    }),
    { numRuns: 8 },
  );
});

// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { openKey } from "@countersign/custody/place";
import { makeAssertion } from "@countersign/federation/certificate-assertion";
import { selfSigned } from "@countersign/federation/self-signed";
import { deny } from "@countersign/release/deny";
import { packDirectory } from "@countersign/repository/pack";
import { sidecarBytes, signSidecar } from "@countersign/repository/sidecar";
import { documentBytes, signDocument } from "@countersign/repository/sign-document";
import { formatAddCheckpoint } from "@countersign/tlog/add-checkpoint";
import { root } from "@countersign/trust/anchor/root";
import { canonicalBytes, servedBytes } from "@countersign/trust/canonical";
import { decodeBytes } from "@countersign/trust/decode";
import { sha256 } from "@countersign/trust/digest";
import { readEnvelope } from "@countersign/trust/envelope";
import { keyidOf, sidecarKey } from "@countersign/trust/key";
import { proofPath } from "@countersign/trust/workflow/step";
import { demoPlan } from "@countersign/world/demo/demo-plan";
import { mute } from "@countersign/world/demo/narrator";
import { release } from "@countersign/world/demo/releases";
import { must, personKey, type Scene } from "@countersign/world/demo/scene";
import { recalls } from "@countersign/world/demo/stopping";
import { foundWorld } from "@countersign/world/found";
import { dutyDirectory, keyIn, type Project, storeDirectory } from "@countersign/world/project";
import { startWorld } from "@countersign/world/start";
import { corpusDirectory, seedIn, seedsIn } from "./corpus.ts";
import { knownKey } from "./plain-repository.ts";
import { asserted } from "./targets/certificate-assertion.ts";

// Makes the corpus anew: a world lives through two releases, a denial, a recall and a new root, and everything that it wrote is kept.
// node launch.js fuzz/make-corpus.ts

const directory = await mkdtemp(join(tmpdir(), "countersign-corpus-"));
try {
  const project = must(await foundWorld(join(directory, "project"), demoPlan("hello")));
  await live(project);
  const store = storeDirectory(project);
  await rotate(project, store);
  rmSync(corpusDirectory, { recursive: true, force: true });
  keepAll(store);
  keepKeys();
  await keepSidecar();
  await keepAssertion();
  await keepArchive(join(directory, "program"));
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** Two releases; the second is denied, and recalled for the first. */
async function live(project: Project): Promise<void> {
  await using world = await startWorld(project);
  const scene: Scene = { world, device: "", narrator: mute, signal: new AbortController().signal };
  const program = join(directory, "program");
  await mkdir(join(program, "bin"), { recursive: true });
  const digests = [];
  for (const version of ["1.0.0", "1.1.0"]) {
    await writeFile(join(program, "bin", "hello"), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
    digests.push(await release(scene, { version, directory: program }, ["bin/hello"], "alice"));
  }
  const [first, second] = digests;
  if (first === undefined || second === undefined) throw new Error("two releases were made");
  const [revoker = "", revokerUrl = ""] = Object.entries(world.urls.revokers)[0] ?? [];
  const denial = {
    kind: "release",
    name: second,
    since: Math.floor(Date.now() / 1000),
    until: null,
    reason: "a vulnerability was found",
  } as const;
  must(await deny({ revokerUrl, revoker, denial, key: await personKey(project, "bob") }));
  await recalls(scene, second, first, "carol");
}

/** Root 2, as its owners would sign it. */
async function rotate(project: Project, store: string): Promise<void> {
  const { signed } = JSON.parse(await readFile(join(store, "metadata/1.root.json"), "utf8"));
  const keys = project.plan.root.holders.map(({ holder }) => keyIn(dutyDirectory(project, holder)));
  const signers = await Promise.all(keys.map((place) => openKey(place)));
  await writeFile(join(store, "metadata/2.root.json"), documentBytes(await signDocument({ ...signed, version: 2 }, signers)));
}

/** The newest few of each kind, and what can be taken out of them. */
function keepAll(store: string): void {
  const files = (pattern: string): readonly (readonly [string, Buffer])[] =>
    globSync(pattern, { cwd: store })
      .sort()
      .slice(-3)
      .map((path) => [basename(path), readFileSync(join(store, path))] as const);
  for (const role of ["root", "timestamp", "snapshot", "targets", "stable"])
    for (const [name, bytes] of files(`metadata/*${role}.json`)) keep(role, name, bytes);
  for (const folder of ["root", "targets", "stable"])
    for (const digest of seedsIn(folder).map(sha256))
      for (const [, bytes] of files(proofPath(digest))) keep("tlog-proof", `${folder}-${digest.slice(0, 8)}.tlog-proof`, bytes);
  for (const [name, bytes] of files("provenance/*")) {
    keep("provenance", `${name.slice(0, 8)}.json`, bytes);
    for (const { certificate } of JSON.parse(bytes.toString()).signatures)
      if (certificate !== undefined) keep("build-certificate", `of-${name.slice(0, 8)}.json`, servedBytes(certificate));
  }
  for (const [, bytes] of files("revocations/latest")) keepRevocations(bytes);
  for (const [, bytes] of files("targets/*.policy.json")) keep("policy", "policy.json", bytes);
  for (const [, bytes] of files("log/checkpoint")) keep("note", "checkpoint", bytes);
  for (const [index, [, bytes]] of files("targets/stable/**/*.head.json").entries()) keepHead(index + 1, bytes);
  for (const [, bytes] of files("log/tile/entries/**/*")) keep("bundle", "entries", bytes);
  for (const [, bytes] of files("log/checkpoint"))
    keep("add-checkpoint", "body", formatAddCheckpoint({ old: 0, proof: [new Uint8Array(32)], note: bytes }));
}

function keepHead(number: number, bytes: Buffer): void {
  keep("head", `head-${number}.json`, bytes);
  const { releases, orders } = JSON.parse(bytes.toString());
  for (const entry of releases) keep("statement", `release-${entry.body.sequence}.json`, canonicalBytes(entry.body));
  for (const entry of orders) keep("order", `order-${entry.body.number}.json`, canonicalBytes(entry.body));
  for (const [index, approval] of releases.at(-1).approvals.entries()) keep("approval", `approval-${index}.json`, canonicalBytes(approval));
}

function keepRevocations(bytes: Buffer): void {
  keep("revocations", "latest.json", bytes);
  const { lists } = JSON.parse(bytes.toString());
  for (const [index, list] of lists.entries()) keep("note", `of-list-${index}`, Buffer.from(list.signed.checkpoint));
}

/** An archive with a directory, an empty file, a program, and a name that takes a pax record. */
async function keepArchive(program: string): Promise<void> {
  await writeFile(join(program, "empty"), "");
  await writeFile(join(program, `${"long-".repeat(25)}\u00e9`), "x".repeat(700));
  const archive = join(directory, "program.tar.zst");
  must(await packDirectory(program, archive));
  keep("archive", "program.tar.zst", readFileSync(archive));
  keep("tar", "program.tar", zstdDecompressSync(readFileSync(archive)));
}

/** A key of each kind that may sign metadata, and a signature of it with two integers. */
function keepKeys(): void {
  keep("key", "ed25519.json", canonicalBytes(knownKey("corpus").tuf));
  for (const curve of [256, 384, 521]) {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: `P-${curve}` });
    keep("key", `p-${curve}.json`, pemKey("ecdsa", `ecdsa-sha2-nistp${curve}`, publicKey));
    keep("der", `p-${curve}`, sign("sha256", Buffer.from("corpus"), privateKey));
  }
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  keep("key", "rsa.json", pemKey("rsa", "rsassa-pss-sha256", publicKey));
  keep("der", "rsa", publicKey.export({ type: "pkcs1", format: "der" }));
}

function pemKey(keytype: string, scheme: string, key: KeyObject): Buffer {
  return Buffer.from(JSON.stringify({ keytype, scheme, keyval: { public: key.export({ type: "spki", format: "pem" }) } }));
}

/** A daemon's, by a certificate whose key nobody has. */
async function keepAssertion(): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { identity, audience, now } = asserted;
  const spki = publicKey.export({ type: "spki", format: "der" });
  const draft = { commonName: identity, publicKey: spki, notBefore: now, notAfter: now + 86_400_000, serial: Buffer.alloc(16, 7) };
  const certificate = await selfSigned(draft, async (message) => sign("sha256", message, privateKey));
  const plain = async (message: Uint8Array) => sign("sha256", message, { key: privateKey, dsaEncoding: "ieee-p1363" });
  const made = { identity, audience, certificate, renewal: "what it was given last" };
  keep(
    "certificate-assertion",
    "daemon.jwt",
    Buffer.from(await makeAssertion(made, { alg: "ES256", sign: plain }, "corpus-0123456789", now)),
  );
  keep("certificate", "daemon.der", certificate);
}

/** Of the first root, by an ML-DSA key that nobody has. */
async function keepSidecar(): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync("ml-dsa-44");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-1312).toString("hex");
  const written = Buffer.from(JSON.stringify({ keytype: "ml-dsa", scheme: "ml-dsa-44", keyval: { public: raw } }));
  const key = must(decodeBytes(sidecarKey, written, "a key"));
  const file = must(readEnvelope(root, seedIn("root"), "root"));
  const signer = { keyid: keyidOf(key), sign: async (message: Uint8Array) => sign(null, message, privateKey) };
  keep("sidecar", "of-root.json", sidecarBytes(await signSidecar("hello.example", "root", file, [signer])));
  keep("sidecar-key", "ml-dsa-44.json", written);
}

function keep(kind: string, name: string, bytes: Uint8Array): void {
  mkdirSync(join(corpusDirectory, kind), { recursive: true });
  writeFileSync(join(corpusDirectory, kind, name), bytes);
}

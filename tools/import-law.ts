// SPDX-License-Identifier: Apache-2.0
import type { SourceFile } from "./sources.ts";

/** What the code of a room may import. Its own files always; anything else is listed here. */
interface Allowance {
  /** Modules of node; `"any"` for all of them. */
  readonly node: "any" | readonly string[];
  /** Names taken from node:crypto, where not all may be. */
  readonly crypto?: readonly string[];
  /** Rooms under `packages/`; `"any"` for all of them. */
  readonly packages: "any" | readonly string[];
  /** Libraries; `"declared"` for those that the room's package.json names. */
  readonly libraries: "declared" | readonly string[];
  /** No clock, chance, network or environment: the same bytes in give the same answer, always. */
  readonly pure?: boolean;
}

const verifying = ["constants", "createHash", "createPublicKey", "hash", "KeyObject", "timingSafeEqual", "verify", "X509Certificate"];
const signing = ["createPrivateKey", "sign"]; // a signer is given its key, and ed25519 asks for no chance

/** The law of imports (ARCHITECTURE.md): who may know whom. */
const law: { readonly [room: string]: Allowance } = {
  "packages/tlog": { node: ["node:crypto"], crypto: [...verifying, ...signing], packages: [], libraries: [], pure: true },
  "packages/trust": { node: ["node:crypto"], crypto: verifying, packages: ["tlog"], libraries: [], pure: true },
  "packages/updater": { node: "any", packages: ["trust", "tlog"], libraries: [] },
  "packages/repository": { node: "any", packages: ["trust", "tlog"], libraries: [] },
  "packages/custody": { node: "any", packages: [], libraries: ["aws4fetch", "pkcs11js"] },
  "packages/federation": { node: "any", packages: ["trust", "tlog", "custody"], libraries: ["jose"] },
  "packages/inventory": { node: "any", packages: ["trust", "tlog", "repository"], libraries: [] },
  "packages/release": {
    node: "any",
    packages: ["trust", "tlog", "updater", "repository", "custody", "federation", "drift"],
    libraries: ["semver"],
  },
  "packages/drift": { node: ["node:crypto"], crypto: ["createHash"], packages: ["trust"], libraries: [], pure: true },
  "packages/daemon": { node: "any", packages: ["tlog"], libraries: ["hono", "@hono/node-server"] },
  "duties/*": { node: "any", packages: "any", libraries: "declared" },
  tools: { node: "any", packages: [], libraries: [] },
};

const outOfRoom = /^(\.\.\/){2,}(packages|duties|apps|world|attacks|tools|[^/]+\/src)\//;
const impure =
  /\b(?:Date\.now|new Date\(\s*\)|Date\(\)|Math\.random|performance\.|process\.|fetch\(|setTimeout|setInterval|setImmediate|globalThis|import\()/g;

/** What the law has to know of the house beside the file. */
export interface House {
  /** The dependencies in the package.json of the file's room. */
  readonly declared: readonly string[];
  /** For each name after `@countersign/`, the folder it lives in: `packages`, `duties`, ... */
  readonly kinds: ReadonlyMap<string, string>;
}

interface Import {
  readonly specifier: string;
  readonly names: readonly string[];
}

/**
 * What a file does against the law, one sentence each; nothing for a lawful one. Tests are held to one rule only: a duty's know
 * no other duty. Apps, world and attacks sit on top and may know all that they declare.
 */
export function violations(file: SourceFile, house: House): string[] {
  const found: string[] = [];
  for (const imported of importsOf(file.text)) {
    const complaint = otherDuty(file.room, imported, house) ?? (file.isTest ? undefined : complain(file.room, imported, house));
    if (complaint !== undefined) found.push(`${file.path} imports ${imported.specifier}: ${complaint}`);
  }
  if (file.isTest || allowanceOf(file.room)?.pure !== true) return found;
  const uses = [...withoutComments(file.text).matchAll(impure)].map(([use]) => use);
  return [...found, ...uses.map((use) => `${file.path} uses ${use}: this room has no clock, chance or environment`)];
}

function allowanceOf(room: string): Allowance | undefined {
  return law[room] ?? law[room.replace(/\/.*/, "/*")];
}

function otherDuty(room: string, { specifier }: Import, { kinds }: House): string | undefined {
  const other = ours(specifier);
  const crosses = room.startsWith("duties/") && other !== undefined && kinds.get(other) === "duties" && room !== `duties/${other}`;
  return crosses ? "duties talk over HTTP or through the store" : undefined;
}

function complain(room: string, { specifier, names }: Import, { declared, kinds }: House): string | undefined {
  const allowance = allowanceOf(room);
  if (specifier.startsWith(".")) return outOfRoom.test(specifier) ? "another room is imported by its name" : undefined;
  if (specifier.startsWith("node:")) return complainOfNode(allowance, specifier, names);
  const library = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  if (!declared.includes(library)) return "not in the dependencies of its package.json";
  if (allowance === undefined) return room.startsWith("packages/") ? "the law has no line for this room yet" : undefined;
  const other = ours(specifier);
  if (other === undefined) {
    return allowance.libraries === "declared" || allowance.libraries.includes(library) ? undefined : "no library belongs here";
  }
  const lawful = allowance.packages === "any" ? kinds.get(other) === "packages" : allowance.packages.includes(other);
  return lawful ? undefined : "not a room that this one may know";
}

function complainOfNode(allowance: Allowance | undefined, specifier: string, names: readonly string[]): string | undefined {
  if (allowance === undefined || allowance.node === "any") return undefined;
  if (!allowance.node.includes(specifier)) return "not a module of node that this room may use";
  const beyond = names.filter((name) => allowance.crypto?.includes(name) === false);
  return beyond.length > 0 ? `${beyond.join(", ")} may not be used here` : undefined;
}

function ours(specifier: string): string | undefined {
  return /^@countersign\/([^/]+)/.exec(specifier)?.[1];
}

// Biome keeps imports in one form, each at the start of a line, so that no parser is needed to find them.
function importsOf(text: string): Import[] {
  const statements = text.matchAll(/^(?:import|export)\s+(?:([^"';]*?)\s*\bfrom\s*)?"([^"]+)"/gm);
  const dynamic = withoutComments(text).matchAll(/\bimport\(\s*"([^"]+)"/g);
  return [
    ...[...statements].map(([, clause = "", specifier = ""]) => ({ specifier, names: namesIn(clause) })),
    ...[...dynamic].map(([, specifier = ""]) => ({ specifier, names: ["*"] })),
  ];
}

function namesIn(clause: string): string[] {
  const names = clause.replace(/[{}]/g, ",").split(",");
  return names.map((name) => name.replace(/^\s*type\b|\bas\s.*$/g, "").trim()).filter((name) => name !== "");
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, " ").replace(/(^|\s)\/\/.*$/gm, "$1");
}

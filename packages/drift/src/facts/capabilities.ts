// SPDX-License-Identifier: Apache-2.0
import { type Mention, mentions } from "./mention.ts";

/** What code can do that most code does not. */
export const capabilities = [
  "process",
  "network",
  "dns",
  "http",
  "files",
  "worker",
  "sandbox",
  "eval",
  "environment dump",
  "host identity",
  "sensitive path",
  "native loading",
] as const;

export type Capability = (typeof capabilities)[number];

/** Those that reach out of the program: what is dangerous to have for the first time. */
export const dangerous: readonly Capability[] = ["process", "network", "dns", "http", "worker", "sandbox", "eval", "sensitive path"];

const modules: Readonly<Record<string, Capability>> = {
  child_process: "process",
  subprocess: "process",
  net: "network",
  tls: "network",
  dgram: "network",
  socket: "network",
  dns: "dns",
  "dns/promises": "dns",
  http: "http",
  https: "http",
  http2: "http",
  "urllib.request": "http",
  requests: "http",
  fs: "files",
  "fs/promises": "files",
  worker_threads: "worker",
  cluster: "worker",
  vm: "sandbox",
  ctypes: "native loading",
};

const imported =
  /(?:\brequire\(\s*|\bfrom\s*|\bimport\s*\(?\s*)["'](?:node:)?([a-z0-9_./]+)["']|^\s*(?:import|from)\s+([a-z.]+)\b(?!\s*["'])/gm;

const phrases: readonly (readonly [Capability, RegExp])[] = [
  ["eval", /\beval\s*\(|\bnew\s+Function\s*\(|\bFunction\s*\(\s*["'`]/g],
  ["http", /\bfetch\s*\(\s*["'`]https?:|\bXMLHttpRequest\b|\bnavigator\.sendBeacon\b/g],
  [
    "environment dump",
    /JSON\.stringify\(\s*process\.env\s*\)|\.\.\.process\.env\b|Object\.(?:keys|entries)\(\s*process\.env\s*\)|\bos\.environ\.copy\(/g,
  ],
  ["host identity", /\bos\.(?:hostname|userInfo|networkInterfaces)\s*\(|\bwhoami\b|\bgetpass\.getuser\(/g],
  [
    "sensitive path",
    /\.ssh\/|\.aws\/credentials|\.npmrc\b|\.pypirc\b|\.docker\/config\.json|\.kube\/config|\/etc\/(?:passwd|shadow|sudoers)|\.gnupg\b|\.bash_history\b|Login Data\b|wallet\.dat\b/g,
  ],
  ["native loading", /\bprocess\.dlopen\s*\(|\bffi-napi\b/g],
];

/** The capabilities that code shows, each with the first line that does. Comments are gone already. */
export function capabilitiesIn(code: string): readonly Mention[] {
  const byModule = mentions(code, imported, (match) => modules[match[1] ?? match[2] ?? ""]);
  const byPhrase = phrases.flatMap(([capability, pattern]) => mentions(code, pattern, () => capability));
  const first = new Map<string, Mention>();
  for (const found of [...byModule, ...byPhrase]) if (!first.has(found.what)) first.set(found.what, found);
  return [...first.values()];
}

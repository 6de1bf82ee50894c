// SPDX-License-Identifier: Apache-2.0
import { foreignJson, isRecord, text, texts } from "./foreign-json.ts";

/** What a package says of itself to its package manager (npm `package.json`), as far as drift looks at it. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  /** Scripts that run when somebody installs it. */
  readonly installScripts: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly programs: readonly string[];
  readonly engines: Readonly<Record<string, string>>;
  readonly repository: string;
  readonly licence: string;
  /** Name and address, without a page. */
  readonly author: string;
}

const runAtInstall = ["preinstall", "install", "postinstall"];

/** Reads a manifest that somebody else wrote: what is not as it should be counts as not there. Undefined for what is no JSON object. */
export function manifestOf(bytes: Uint8Array): Manifest | undefined {
  const json = foreignJson(bytes);
  if (!isRecord(json)) return undefined;
  const scripts = texts(json["scripts"]);
  const { repository, license, bin, author } = json;
  return {
    name: text(json["name"]),
    version: text(json["version"]),
    installScripts: Object.fromEntries(Object.entries(scripts).filter(([name]) => runAtInstall.includes(name))),
    scripts,
    dependencies: texts(json["dependencies"]),
    optionalDependencies: texts(json["optionalDependencies"]),
    programs: typeof bin === "string" ? [text(json["name"])] : Object.keys(texts(bin)),
    engines: texts(json["engines"]),
    repository: plainRepository(isRecord(repository) ? text(repository["url"]) : text(repository)),
    licence: isRecord(license) ? text(license["type"]) : text(license),
    author: plainAuthor(isRecord(author) ? `${text(author["name"])} <${text(author["email"])}>` : text(author)),
  };
}

/** One spelling for the ways in which npm lets a repository be written. */
function plainRepository(url: string): string {
  return url
    .replace(/^git\+|\.git$|^github:/g, "")
    .replace(/^(?:git|ssh|https?):\/\/(?:[^@/]+@)?/, "")
    .replace(/^git@([^:]+):/, "$1/")
    .replace(/^github\.com\//, "")
    .toLowerCase();
}

/** One spelling for the ways in which npm lets a person be written. */
function plainAuthor(person: string): string {
  return person
    .replace(/\([^)]*\)|<>/g, "")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
}

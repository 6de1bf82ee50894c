// SPDX-License-Identifier: Apache-2.0
import { chmod, cp, readFile, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Outcome, refuse } from "@countersign/trust/refusal";

/** A directory that is released as it is, and the version that people call it by. */
export interface Program {
  readonly version: string;
  readonly directory: string;
}

/** Two consecutive versions of a real program, and how to see that it runs. */
export interface Programs {
  readonly product: string;
  readonly old: Program;
  readonly new: Program;
  /** The program inside the directory, and arguments that make it say something. */
  readonly run: readonly string[];
  /** A piece of its real work: more arguments, and what it reads. */
  readonly work?: { readonly args: readonly string[]; readonly input: string };
}

/** esbuild, as its makers publish it for this platform: a native binary of ten megabytes. The install brought two versions of it. */
export async function esbuild(): Promise<Outcome<Programs>> {
  const platform = `${process.platform}-${process.arch}`;
  const installed = (age: "old" | "new"): string | undefined => {
    try {
      return dirname(createRequire(import.meta.url).resolve(`esbuild-${platform}-${age}/package.json`));
    } catch {
      return undefined; // an optional dependency that this platform does not have
    }
  };
  const [older, newer] = [installed("old"), installed("new")];
  if (older === undefined || newer === undefined)
    return refuse(
      "no-demo-program",
      "two versions of esbuild for linux-x64 or linux-arm64",
      platform,
      "Use two directories of your own: countersign demo --from DIR --to DIR --run CMD",
    );
  return {
    ok: true,
    value: { product: "esbuild", old: await program(older), new: await program(newer), run: ["bin/esbuild", "--version"], work },
  };
}

const work = { args: ["--loader=ts", "--minify"], input: "const answer: number = 6 * 7; console.log(answer);" };

/** Two directories of the user's own. Versions come from their package.json where they have one. */
export async function ownPrograms(from: string, to: string, run: string): Promise<Outcome<Programs>> {
  const command = run.split(" ").filter((word) => word !== "");
  if (command.length === 0)
    return refuse("no-command", "a program inside the directories", "nothing", "Say how to run it: --run 'bin/app --version'");
  for (const directory of [from, to]) {
    const binary = join(directory, command[0] ?? "");
    if (!(await isFile(binary)))
      return refuse("no-program", "a program in both directories", `nothing at ${binary}`, "Say where it is: --run 'bin/app --version'");
  }
  const [older, newer] = [await program(from, "1.0.0"), await program(to, "2.0.0")];
  return { ok: true, value: { product: "app", old: older, new: newer, run: command } };
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return false;
    throw error;
  }
}

async function program(directory: string, otherwise?: string): Promise<Program> {
  try {
    const { version } = JSON.parse(await readFile(join(directory, "package.json"), "utf8")) as { version?: string };
    if (version !== undefined) return { version, directory };
  } catch (error) {
    if (otherwise === undefined) throw error;
  }
  return { version: otherwise ?? "0.0.0", directory };
}

/** A copy of a program whose binary exits 1: a release that everyone signed, and that does not work. */
export async function broken({ directory, version }: Program, run: readonly string[], into: string): Promise<Program> {
  await cp(directory, into, { recursive: true, dereference: true });
  const binary = join(into, run[0] ?? "");
  await writeFile(binary, "#!/bin/sh\necho 'this build is broken' >&2\nexit 1\n");
  await chmod(binary, 0o755);
  return { version: `${version}-broken`, directory: into };
}

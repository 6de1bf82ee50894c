// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** A program that is not npm's to install, without which some test cannot run. */
export interface OutsideProgram {
  readonly name: string;
  readonly purpose: string;
  /** The Debian package that has it. */
  readonly package: string;
  /** A shell command that succeeds where the program is there and may do what it is for. */
  readonly probe: string;
}

/** All of them. */
export const programs: readonly OutsideProgram[] = [
  {
    name: "mount",
    purpose: "a disk that fills up (tmpfs, as root)",
    package: "mount",
    probe: "d=$(mktemp -d) && mount -t tmpfs -o size=64k tmpfs $d && umount $d && rmdir $d",
  },
  {
    name: "postgres",
    purpose: "govern on PostgreSQL (a private server in a temporary directory)",
    package: "postgresql",
    probe: "PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin | tail -1); postgres --version && initdb --version",
  },
  {
    name: "softhsm2-util",
    purpose: "a PKCS#11 token in software",
    package: "softhsm2",
    probe: "test -e /usr/lib/softhsm/libsofthsm2.so && softhsm2-util --version",
  },
  {
    name: "pkcs11-tool",
    purpose: "keys in a PKCS#11 token that we would not make",
    package: "opensc",
    probe: "command -v pkcs11-tool",
  },
  {
    name: "swtpm",
    purpose: "a TPM 2.0 in software",
    package: "swtpm",
    probe: "command -v swtpm",
  },
  {
    name: "swtpm_setup",
    purpose: "making its first state",
    package: "swtpm-tools",
    probe: "command -v swtpm_setup",
  },
  {
    name: "tpm2-abrmd",
    purpose: "the TPM's resource manager",
    package: "tpm2-abrmd",
    probe: "command -v tpm2-abrmd",
  },
  {
    name: "libtss2-tcti-tabrmd",
    purpose: "how programs reach the TPM's resource manager",
    package: "libtss2-tcti-tabrmd0",
    probe: "ls /usr/lib/*/libtss2-tcti-tabrmd.so.0",
  },
  {
    name: "tpm2_getcap",
    purpose: "seeing that a TPM answers",
    package: "tpm2-tools",
    probe: "command -v tpm2_getcap",
  },
  {
    name: "libtpm2-pkcs11",
    purpose: "a TPM as a PKCS#11 token",
    package: "libtpm2-pkcs11-1",
    probe: "ls /usr/lib/*/pkcs11/libtpm2_pkcs11.so",
  },
  {
    name: "tpm2_ptool",
    purpose: "making that token",
    package: "libtpm2-pkcs11-tools",
    probe: "command -v tpm2_ptool",
  },
  {
    name: "dbus-daemon",
    purpose: "the bus between the TPM's resource manager and its users",
    package: "dbus",
    probe: "command -v dbus-daemon",
  },
  {
    name: "chromium",
    purpose: "passkeys in a real browser",
    package: "chromium",
    probe: "chromium --headless=new --no-sandbox --disable-gpu --dump-dom about:blank",
  },
];

/**
 * Sees to it that the named programs work, and answers one line for each that does not: the reason to skip what needs it.
 * As root on Debian it says what it installs, and installs it; `COUNTERSIGN_NO_INSTALL=1` opts out of that.
 *
 * @example test("a full disk", { skip: ensure(["mount"])[0] ?? false }, async () => { … });
 */
export function ensure(names: readonly string[]): string[] {
  const wanted = programs.filter(({ name }) => names.includes(name));
  const unknown = names.filter((name) => !wanted.some((program) => program.name === name));
  if (unknown.length > 0) throw new RangeError(`not in the table of outside programs: ${unknown.join(", ")}`);
  return wanted.filter((program) => !works(program) && !(install(program) && works(program))).map(explain);
}

function works({ probe }: OutsideProgram): boolean {
  return spawnSync("sh", ["-c", probe], { stdio: "ignore" }).status === 0;
}

/** Whether this process has asked for the newest list of packages: once is enough for all. */
let updated = false;

function install(program: OutsideProgram): boolean {
  const missing = spawnSync("sh", ["-c", `command -v ${program.name}`], { stdio: "ignore" }).status !== 0;
  const allowed = process.env["COUNTERSIGN_NO_INSTALL"] !== "1" && process.getuid?.() === 0 && existsSync("/etc/debian_version");
  if (!missing || !allowed) return false;
  console.log(`installing ${program.package}: ${program.purpose} (COUNTERSIGN_NO_INSTALL=1 prevents it)`);
  if (!updated) updated = apt("update");
  return updated && apt("install", "-y", "--no-install-recommends", program.package);
}

function apt(...args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return (
    spawnSync("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=120", ...args], { stdio: ["ignore", "ignore", "inherit"], env }).status === 0
  );
}

function explain({ name, purpose, package: debian }: OutsideProgram): string {
  return `${name} does not work here: ${purpose}. As root: apt-get install ${debian}`;
}

// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Pkcs11Place } from "./pkcs11.ts";

/** The Debian package's module. */
export const softHsmModule = "/usr/lib/softhsm/libsofthsm2.so";

/** A SoftHSM token in a directory of its own. This process and those that it starts from now on see no other. */
export function softHsm(directory: string, label: string, pin: string): Omit<Pkcs11Place, "label"> {
  mkdirSync(join(directory, "tokens"), { recursive: true });
  const settings = join(directory, "softhsm2.conf");
  writeFileSync(settings, `directories.tokendir = ${join(directory, "tokens")}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  process.env["SOFTHSM2_CONF"] = settings;
  execFileSync("softhsm2-util", ["--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", pin], { stdio: "ignore" });
  const pinFile = join(directory, "pin");
  writeFileSync(pinFile, `${pin}\n`, { mode: 0o600 });
  return { custody: "pkcs11", module: softHsmModule, token: label, pinFile };
}

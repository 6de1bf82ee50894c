// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import type { LoopbackOptions } from "@countersign/release/passkey/loopback";
import type { Screen } from "./screen.ts";

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  linux: ["xdg-open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Tells a person the address of a page of theirs, and opens it where there is a terminal, unless told not to. */
export function onPage(screen: Screen, browser = true): LoopbackOptions {
  return {
    announce(url) {
      screen.ask(`Open this page in your browser, on this machine: ${url}`);
      const [program, ...args] = openers[process.platform] ?? [];
      if (!browser || program === undefined || !process.stderr.isTTY) return;
      const child = spawn(program, [...args, url], { detached: true, stdio: "ignore" });
      child.once("error", () => screen.ask("No browser could be started from here.")); // its person has the address
      child.unref();
    },
  };
}

// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Attack, checks, planted, type Strike } from "./lab/attack.ts";
import { keyOf, openBase } from "./lab/base.ts";
import { relist, together } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import { startMirror } from "./lab/mirror.ts";
import { loggedTrojan, type TrojanRelease } from "./lab/trojan-release.ts";
import { believes, runs, strikeDevice } from "./lab/victim.ts";

const anHour = 3600;
const tenYears = 10 * 365 * 86_400;

/** Time is set by whoever answers the device's time requests, or sits at its keyboard. */
export const poisonedClock: Attack = planted<TrojanRelease>({
  name: "poisoned-clock",
  holds: "the device's clock, and the server; for the first move also two signers, publish and whoever had to approve",
  async plant(world) {
    const { project } = world;
    const signers = [await keyOf(project, "sign-ana"), await keyOf(project, "sign-ben")];
    return loggedTrojan(world, { signers, statement: { urgent: false } });
  },
  async prepare({ project, stores, devices }, stack, release) {
    const keys = await publishKeys(project);
    const base = await openBase(project, stores.oneLater);
    const listed = await relist(base, { "stable.json": release.channel.file }, keys);
    const hurried = stack.use(await startMirror(stores.oneLater, together(release.files, listed)));

    const { time } = JSON.parse(await readFile(join(devices.two, "trust", "memory.json"), "utf8"));
    const ranOut = new Date((time - 1) * 1000).toISOString().replace(".000", "");
    const old = await relist(await openBase(project, stores.twoRevoked), {}, keys, { timestampExpires: ranOut });
    const expired = stack.use(await startMirror(stores.twoRevoked, old));
    const hurry = (without: readonly string[]): Promise<Strike> =>
      strikeDevice(devices.one, { ...hurried, clockShiftSeconds: anHour }, without, runs(product, trojanWords));
    return [
      {
        does: "puts the clock forward by an hour, past the soak of a release that nobody had time to object to",
        stoppedBy: checks("soak/elapsed", "revocations/fresh"),
        strike: hurry,
      },
      {
        does: "does the same to a device that would take the time from its own clock, if it could be brought to",
        stoppedBy: [{ check: "soak/elapsed", without: "clock:witnessed" }, { check: "revocations/fresh" }],
        strike: hurry,
      },
      {
        does: "puts the clock back by ten years, to before a timestamp ran out",
        stoppedBy: [{ check: "timestamp/expiry", without: "memory:time" }],
        strike: (without) =>
          strikeDevice(
            devices.two,
            { ...expired, clockShiftSeconds: -tenYears },
            without,
            believes("timestamp", old.get("metadata/timestamp.json") as Uint8Array),
          ),
      },
    ];
  },
});

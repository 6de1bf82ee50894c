// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { publicHalf, softwareKey } from "@countersign/custody/key";
import { sidecarBytes, signSidecar } from "@countersign/repository/sidecar";
import { targets } from "@countersign/trust/anchor/targets";
import { readEnvelope } from "@countersign/trust/envelope";
import { sidecarPath } from "@countersign/trust/sidecar";
import { createDevice } from "@countersign/updater/device";
import { type Ground, layGround } from "@countersign/world/ground";
import { withPostQuantum } from "@countersign/world/post-quantum";
import { anchorFile, storeDirectory } from "@countersign/world/project";
import { type Attack, checks, planted } from "./lab/attack.ts";
import { taken } from "./lab/base.ts";
import { trojanWords } from "./lab/lab.ts";
import { labPlan, product } from "./lab/lab-plan.ts";
import { startMirror } from "./lab/mirror.ts";
import { publishTrojan } from "./lab/own-world.ts";
import { platform } from "./lab/payload.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

interface Broken {
  readonly store: string;
  /** A device of that world, which knows its anchor and nothing else. */
  readonly device: string;
}

const repository = "hello.example";

/** Elliptic curves have fallen: every classical signature of a world can be made, and the trojan is approved, built, logged and signed like anything else. */
export const forgedClassicalKeys: Attack = planted<Broken>({
  name: "forged-classical-keys",
  holds: "every classical key of a world, its log's and witnesses' too, and a server; none of its ML-DSA keys",
  async plant({ scratch, trojan }) {
    await using ground = await layGround(join(scratch, "broken-world"), withPostQuantum(labPlan, repository));
    await publishTrojan(ground, trojan);
    await placeOwnSidecar(ground);
    const device = join(scratch, "broken-device");
    const { channel } = labPlan;
    const home = { url: ground.url, product, platform, channel, id: "victim", privileges: [], installer: "directory" } as const;
    await createDevice(device, home, await readFile(anchorFile(ground.project)));
    return { store: storeDirectory(ground.project), device };
  },
  async prepare(_, stack, { store, device }) {
    const mirror = stack.use(await startMirror(store));
    return [
      {
        does: "offers a trojan with every classical signature there is, and a sidecar signed with an ML-DSA key of its own",
        stoppedBy: checks("sidecar/signatures"),
        strike: (without) => strikeDevice(device, mirror, without, runs(product, trojanWords)),
      },
    ];
  },
});

/** A sidecar of the channel file that can be read; whose signature it carries is all that is wrong with it. */
async function placeOwnSidecar({ store }: Ground): Promise<void> {
  const { channel } = labPlan;
  const file = taken(readEnvelope(targets, (await store.read(`metadata/1.${channel}.json`)) ?? new Uint8Array(), channel));
  const { publicKey, privateKey } = generateKeyPairSync("ml-dsa-65");
  const own = softwareKey(publicHalf(publicKey, "the attacker's own"), privateKey);
  await store.write(sidecarPath(file.digest), sidecarBytes(await signSidecar(repository, channel, file, [own])));
}

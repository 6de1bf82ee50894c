// SPDX-License-Identifier: Apache-2.0
import { attest, type Build } from "@countersign/build/attest";
import { detectors } from "@countersign/observe/detectors";
import type { Cursor, Observation } from "@countersign/observe/observation";
import { readLedger } from "@countersign/observe/read-ledger";
import { httpReader } from "@countersign/repository/http-store";
import { readFrom } from "@countersign/repository/read-from";
import { EMPTY_ROOT } from "@countersign/tlog/hash";
import { type Contradiction, verifyContradiction } from "@countersign/trust/ledger/contradiction";
import { keyForBuild } from "@countersign/world/certified-key";
import { agreedBuild } from "@countersign/world/plan";
import { type Attack, checks, type Strike } from "./lab/attack.ts";
import { type Base, keyOf, openBase, taken } from "./lab/base.ts";
import { relist, together, type Voice } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { type AgentLab, trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import { type Files, type Mirror, startMirror } from "./lab/mirror.ts";
import { honestLog, honestWitness, logSigner, lyingWitness, outgrow, ownLog } from "./lab/own-log.ts";
import { ownReadThroughs } from "./lab/read-throughs.ts";
import { inventedEntry } from "./lab/seen.ts";
import { buildOf, logRelease } from "./lab/trojan-release.ts";
import { runs, strikeDevice, victimOf } from "./lab/victim.ts";

/**
 * A log that has one of three witnesses shows everybody one ledger, and a device of its choice another: each of the other two witnesses sees only one of them, and is
 * honest. What is installed there stands in no ledger that anybody else can read.
 */
export const splitView: Attack = {
  name: "split-view",
  holds: "the log, one witness of three, and everybody who builds, approves, signs and publishes",
  async prepare(lab, stack) {
    const { stores, devices } = lab;
    const { mirror, base } = await hiddenRelease(lab, stores.two, stack);
    return [
      {
        does: "installs a release on a device that nobody else is shown, and an observer comes by the server that it was shown on",
        stoppedBy: checks("ledger-contradicted"),
        async strike(without) {
          const seen = await seenByObserver(await openBase(lab.project, stores.two), mirror, without);
          const { directory } = await victimOf(devices.one, mirror, []);
          const said = await runs(product, trojanWords)({ directory, report: undefined });
          if (said === undefined) throw new Error("the trojan was not installed");
          return (
            seen ?? {
              succeeded: true,
              evidence: `${said}; and nobody has seen the ledger that it is in, of ${base.view.checkpoint.checkpoint.size} entries in common`,
            }
          );
        },
      },
    ];
  },
  onAgent: {
    async prepare(lab, stack) {
      const { project, stores, devices } = lab;
      const base = await openBase(project, stores.oneLater);
      const everybodys = await honestLog(project, base);
      taken(await everybodys.append(inventedEntry("what everybody is shown, and monitors have read")));
      const read = await ownReadThroughs(project, base, await everybodys.note());
      const { mirror } = await hiddenRelease(lab, stores.oneLater, stack, read);
      return [
        {
          does: "does the same on the agent profile, where monitors have read the ledger that everybody else is shown",
          stoppedBy: [{ check: "soak/read-past", without: "readthrough/consistent" }],
          strike: (without) => strikeDevice(devices.one, mirror, without, runs(product, trojanWords)),
        },
      ];
    },
  },
};

/** A release that everybody agreed to, in a ledger that splits off from where the device was; served with the lists of the honest one, which is `later` by then. */
async function hiddenRelease(
  { project, stores, trojan, scratch }: Pick<AgentLab, "project" | "stores" | "trojan" | "scratch">,
  later: string,
  stack: AsyncDisposableStack,
  files: Files = new Map(),
): Promise<{ readonly mirror: Mirror; readonly base: Base }> {
  const base = await openBase(project, stores.one);
  const { time, checkpoint } = base.view;
  const [fallen = "", deceived = ""] = project.plan.witnesses.map(({ holder }) => holder);
  const witnesses = [await lyingWitness(project, base, fallen), await honestWitness(project, base, deceived)];
  const ledger = (await ownLog(base, checkpoint.checkpoint.size, await logSigner(project, base), witnesses)).at(time + 1);

  const { proposer, builders, people, signers } = project.plan;
  const provenance = await Promise.all(
    builders.map(async (builder) => {
      const build: Build = { ...buildOf(project, trojan), ...agreedBuild(builder) };
      return attest({ ...build, key: await keyForBuild(builder, await keyOf(project, builder.holder), build, time * 1000) });
    }),
  );
  const voices: Voice[] = [["propose", await keyOf(project, proposer.holder)]];
  for (const person of people.slice(0, 2)) voices.push(["approve", await keyOf(project, person)]);
  const quorum = await Promise.all(signers.holders.slice(0, signers.threshold).map(({ holder }) => keyOf(project, holder)));
  const release = await logRelease({ project, base, ledger, trojan, scratch }, provenance, voices, quorum);
  await outgrow(ledger, await openBase(project, later));
  const listed = await relist(base, { [`${project.plan.channel}.json`]: release.channel.file }, await publishKeys(project), {
    checkpoint: await ledger.at(time + 3).note(),
  });
  const served = together(await ledger.files(), release.files, listed, files);
  return { mirror: stack.use(await startMirror(later, served)), base };
}

/** What an observer says who follows the honest ledger and then reads the other one; undefined where no detector is left that says anything. */
async function seenByObserver({ view, store }: Base, mirror: Mirror, without: readonly string[]): Promise<Strike | undefined> {
  const nothing: Cursor = { size: 0, root: EMPTY_ROOT, note: "" };
  const honest = await readLedger(readFrom(store), view.ledger, nothing);
  if (honest.state !== "read") throw new Error(`the honest ledger is ${honest.state}`);
  const { note, checkpoint } = honest.checkpoint;
  const cursor: Cursor = { size: checkpoint.size, root: checkpoint.root, note };
  const ledger = await readLedger(readFrom(httpReader(mirror.url)), view.ledger, cursor);
  const look: Pick<Observation, "ledger" | "cursor"> = { ledger, cursor };
  const watching = detectors.filter(({ name }) => name.startsWith("ledger-") && !without.includes(name)); // the others look at more than the ledger
  for (const { name, title, detect } of watching) {
    const [found] = detect(look as Observation);
    if (found === undefined) continue;
    const { kind, smaller, larger } = taken(verifyContradiction(found.evidence as unknown as Contradiction, view.ledger));
    return {
      succeeded: false,
      check: name,
      at: "observe",
      evidence: `detected: ${title}; the evidence shows anybody: ${kind}, ${smaller} against ${larger} entries`,
    };
  }
  return undefined;
}

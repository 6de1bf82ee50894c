// SPDX-License-Identifier: Apache-2.0
// A device's process as an attacker wishes it: DIRECTORY check|install BUNDLE [CONTROL...] runs the shipped updater on a list of gates without
// these controls, and prints its report. Without a control named it is the shipped device; with an empty BUNDLE it asks the network.
import type { Attempt } from "@countersign/updater/attempt";
import { type Checks, type Gate, gate, goOn } from "@countersign/updater/gate";
import { gates } from "@countersign/updater/gates";
import { update } from "@countersign/updater/update";

/** What is not a check of a list but a memory of the device: a gate more, which forgets it. */
const forgetting: readonly { readonly control: string; readonly before: string; readonly forget: (attempt: Attempt) => void }[] = [
  { control: "memory:time", before: "timestamp and its checkpoint", forget: (run) => remember(run, { time: 0 }) },
  { control: "memory:policy", before: "targets and policy", forget: forgetPolicy },
  { control: "memory:denials", before: "timestamp and its checkpoint", forget: (run) => remember(run, { denials: {} }) },
  {
    control: "clock:witnessed",
    before: "head: statements, orders, sequence, epoch, turn",
    forget: (run) => remember(run, { time: Math.floor(run.began / 1000) }),
  },
];

const [directory = "", until, bundle = "", ...without] = process.argv.slice(2);
const known = [
  ...forgetting.map(({ control }) => control),
  ...gates.flatMap((each) => [`gate:${each.name}`, ...Object.values(each.checks).flatMap((list) => list.map(({ name }) => name))]),
];
for (const control of without) if (!known.includes(control)) throw new Error(`the device has no control ${control}`);

const weakened: readonly Gate[] = gates
  .filter(({ name }) => !without.includes(`gate:${name}`))
  .flatMap((each) => [
    ...forgetting.filter(({ control, before }) => before === each.name && without.includes(control)).map(forgettingGate),
    { ...each, checks: thinned(each.checks) },
  ]);
const report = await update(directory, {
  until: until === "install" ? "install" : "check",
  ...(bundle !== "" && { bundle }),
  gates: weakened,
});
process.stdout.write(JSON.stringify(report));

function thinned(checks: Checks): Checks {
  return Object.fromEntries(Object.entries(checks).map(([list, items]) => [list, items.filter(({ name }) => !without.includes(name))]));
}

function forgettingGate({ control, forget }: (typeof forgetting)[number]): Gate {
  return gate({
    number: 0,
    name: control,
    checks: {},
    pass: async (attempt) => {
      forget(attempt);
      return goOn;
    },
  });
}

function remember(attempt: Attempt, change: Partial<Attempt["memory"]>): void {
  attempt.memory = { ...attempt.memory, ...change };
}

function forgetPolicy(attempt: Attempt): void {
  attempt.documents = { ...attempt.documents, policy: undefined };
}

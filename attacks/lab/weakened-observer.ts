// SPDX-License-Identifier: Apache-2.0
// An observer's process as an attacker wishes it: CONFIG [KIND...] runs the shipped observer, which does not look for these.
import { kinds } from "@countersign/observe/kinds";
import { runObserver } from "@countersign/observe/run-observer";

const without = process.argv.slice(3);
for (const name of without) if (!kinds.some((kind) => kind.name === name)) throw new Error(`the observer does not look for ${name}`);

runObserver(kinds.filter(({ name }) => !without.includes(name)));

// SPDX-License-Identifier: Apache-2.0
// Loaded into a process before its own first line: that process begins at another time, however long it took to start.
const begins = Number(process.env["ATTACK_CLOCK_BEGINS"]);
if (!Number.isSafeInteger(begins)) throw new Error("ATTACK_CLOCK_BEGINS must say when, in Unix milliseconds");

const now = Date.now;
const shift = begins - now();
Date.now = () => now() + shift;

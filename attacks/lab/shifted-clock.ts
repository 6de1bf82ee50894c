// SPDX-License-Identifier: Apache-2.0
// Loaded into a process before its own first line: the clock of that process says another time.
const seconds = Number(process.env["ATTACK_CLOCK_SHIFT_SECONDS"]);
if (!Number.isSafeInteger(seconds)) throw new Error("ATTACK_CLOCK_SHIFT_SECONDS must say by how much");

const now = Date.now;
Date.now = () => now() + seconds * 1000;

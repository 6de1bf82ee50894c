// SPDX-License-Identifier: Apache-2.0
import { Stopwatch } from "./report.ts";

// A process that does nothing: what every other one has before it begins.

new Stopwatch().report();

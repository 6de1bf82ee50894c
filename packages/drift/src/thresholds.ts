// SPDX-License-Identifier: Apache-2.0
import type { Thresholds } from "./assessment.ts";

/** Bits from which somebody is woken, and from which somebody should look: fewer than 1 and 5 of 100 benign releases (`npm run replay -- --benign`). */
export const thresholds: Thresholds = { alert: 22, notice: 12 };

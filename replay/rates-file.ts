// SPDX-License-Identifier: Apache-2.0
import { ratesOf } from "@countersign/drift/calibration";
import type { Seen } from "./measure.ts";

/** The source text of the measured rates. */
export function ratesText(seen: readonly Seen[], now: Date): string {
  const packages = new Set(seen.map(({ pair }) => pair.name)).size;
  const source = `${seen.length} consecutive releases of ${packages} npm packages, measured ${now.toISOString().slice(0, 10)}`;
  const { pairs, fired } = ratesOf(seen, source);
  const counts = ({ patch = 0, minor = 0, major = 0 }): string => `{ patch: ${patch}, minor: ${minor}, major: ${major} }`;
  return `// SPDX-License-Identifier: Apache-2.0
import type { Rates } from "./rates.ts";

/** What benign releases show, as \`npm run replay -- calibrate\` counted it. Data: measured again, never edited. */
export const measuredRates: Rates = {
  source: ${JSON.stringify(source)},
  pairs: ${counts(pairs)},
  fired: {
${Object.entries(fired)
  .map(([signal, kinds]) => `    ${/^\w+$/.test(signal) ? signal : JSON.stringify(signal)}: ${counts(kinds)},`)
  .join("\n")}
  },
};
`;
}

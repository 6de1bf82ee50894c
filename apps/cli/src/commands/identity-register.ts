// SPDX-License-Identifier: Apache-2.0
import { readPin } from "@countersign/federation/pin";
import { parseJson } from "@countersign/trust/json";
import { defaultLimits } from "@countersign/trust/limits";
import { type Command, Option } from "commander";
import type { Acting } from "../as-person.ts";
import { changing } from "../change-identity.ts";
import { number } from "../number.ts";
import { readOption } from "../read-option.ts";

import { verb } from "../verb.ts";

const duties = ["build", "propose", "approve", "sign", "publish", "revoke", "ledger", "witness", "observe", "govern"];

interface Registering extends Acting {
  readonly component: string;
  readonly deputy: string;
  readonly purpose: string;
  readonly duty: readonly string[];
  readonly channel?: string;
  readonly pin: string;
  readonly keyid?: string;
  readonly maxSeconds: number;
  readonly reviewBy: string;
}

export function register(command: Command): void {
  command
    .description("register what acts and is no person, as its owner")
    .argument("<name>", "given once and for all")
    .requiredOption("--as <person>", "the accountable owner, who signs")
    .requiredOption("--component <name>", "what runs; one identity for each component and channel")
    .requiredOption("--deputy <person>", "another person, who answers when the owner is gone")
    .requiredOption("--purpose <text>", "what it is for")
    .addOption(new Option("--duty <name...>", "what it may do").choices(duties).makeOptionMandatory())
    .option("--channel <name>", "the one channel that it serves; the project's own by default")
    .requiredOption("--pin <file>", "exactly whose token, or which certificate, speaks for it: JSON, as docs/identity.md has it")
    .option("--keyid <keyid>", "the key that it signs with, as the policy lists it")
    .option("--max-seconds <count>", "how long a grant of it may live", number(1, 86_400), 900)
    .requiredOption("--review-by <date>", "when somebody looks at it again, within a year");
  verb<Registering>(
    command,
    'identity register ci-beta --as dia --component ci --deputy ann --purpose "proposes betas" --duty propose --channel beta --pin pin.json --review-by 2027-05-01',
    async (options, screen, name = "") => {
      const read = await readOption("--pin", options.pin);
      if (!read.ok) return read;
      const json = parseJson(read.value, defaultLimits);
      if (!json.ok) return json;
      const pin = readPin(json.value);
      if (!pin.ok) return pin;
      const { component, deputy, purpose, duty, keyid = null, maxSeconds, reviewBy } = options;
      return changing(options, screen, "identity.register", name, ({ plan }) => ({
        ...{ component, purpose, owner: options.as, deputy, duties: duty, channel: options.channel ?? plan.channel },
        ...{ pin: pin.value, keyid, maxSeconds, reviewBy },
      }));
    },
  );
}

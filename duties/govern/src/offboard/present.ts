// SPDX-License-Identifier: Apache-2.0
import { judge } from "@countersign/trust/check";
import { accept, type Outcome } from "@countersign/trust/refusal";
import type { Database } from "../database.ts";
import type { GovernChecks } from "../govern-checks.ts";

/** Everybody who has left. */
export async function leaversIn(database: Database): Promise<readonly string[]> {
  return (await database.selectFrom("leavers").select("person").execute()).map(({ person }) => person);
}

/** Whether a person is there, and on this channel may use what the policy gives them. */
export async function mayAct(
  database: Database,
  person: string,
  channel: string | undefined,
  checks: Pick<GovernChecks, "present">,
): Promise<Outcome<unknown>> {
  const row = await database
    .selectFrom("withheld")
    .select("since")
    .where("person", "=", person)
    .where("channel", "=", channel ?? "")
    .executeTakeFirst();
  const { outcome } = judge({ candidate: person, left: await leaversIn(database), withheld: row !== undefined }, checks.present);
  return outcome.ok ? accept(undefined) : outcome;
}

// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { kinds } from "../act-kinds.ts";
import { type Database, openDatabase } from "../database.ts";
import { applyAct } from "../perform.ts";
import { inTurn } from "../turn.ts";
import { type GovernRecord, readTables } from "./record.ts";

/** Computes the tables again, from nothing but the acts. Refused at the first act that its kind does not read or the tables do not take. */
export async function replay(acts: GovernRecord["acts"]): Promise<Outcome<GovernRecord["tables"]>> {
  const database = await openDatabase(":memory:");
  try {
    const replayed = await replayInto(database, acts);
    return replayed.ok ? accept(await readTables(database)) : replayed;
  } finally {
    await database.destroy();
  }
}

/** The same into a database that is empty, which has the acts then, too; in one transaction, so that all are there or none. */
export async function replayInto(database: Database, acts: GovernRecord["acts"]): Promise<Outcome<undefined>> {
  let at = "no act";
  try {
    await inTurn(database, async (turn) => {
      for (const act of acts) {
        at = `act ${act.number}, ${act.act} of ${act.subject}`;
        const kind = kinds.get(act.act);
        if (kind === undefined) throw new Error("no kind of act has this name");
        await turn.insertInto("acts").values(act).execute();
        const body = kind.body.parse(JSON.parse(act.body)) as never;
        await applyAct(turn, kind, { number: act.number, time: act.time, who: act.who, subject: act.subject, body });
      }
    });
    return accept(undefined);
  } catch (error) {
    const found = `${at}: ${error instanceof Error ? error.message : String(error)}`;
    return refuse("act-unreplayable", "acts that follow from one another", found.slice(0, 500), "Restore a backup that verifies.");
  }
}

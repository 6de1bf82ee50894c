// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { Hono } from "hono";
import { answer, readBody } from "./answer.ts";
import { column } from "./column.ts";
import type { Database } from "./database.ts";
import { type Identity, identity } from "./identity.ts";
import { identityRegistered } from "./identity-acts.ts";
import { perform } from "./perform.ts";
import { inTurn, type Turn } from "./turn.ts";

/** `POST /identities` and `GET /identities`. */
export function identities(database: Database, now: () => number): Hono {
  const app = new Hono();
  app.post("/", async ({ req }) => {
    const asked = await readBody(req, identity);
    return answer(asked.ok ? await register(asked.value, database, now()) : asked, 201);
  });
  app.get("/", async (context) => {
    const rows = await database.selectFrom("identities").select("record").orderBy("name").execute();
    return context.json({ identities: rows.map(recordOf) });
  });
  return app;
}

export async function identityOfKey(database: Database, keyid: string): Promise<Identity | undefined> {
  const row = await database.selectFrom("identities").select("record").where("keyid", "=", keyid).executeTakeFirst();
  return row && recordOf(row);
}

/** Registers an identity once and for all; the same again is the same. Owner and deputy must be people who are registered. */
function register(identity: Identity, database: Database, now: number): Promise<Outcome<Identity>> {
  const written = column(identity);
  return inTurn(database, async (turn) => {
    const taken = await turn
      .selectFrom("identities")
      .select(["name", "record"])
      .where((where) => where.or([where("name", "=", identity.name), where("keyid", "=", identity.keyid)]))
      .executeTakeFirst();
    if (taken?.record === written) return accept(identity);
    if (taken !== undefined)
      return refuse(
        "identity-taken",
        "a name and a key that nobody has",
        `${taken.name} has them`,
        "Choose another name, and a key of its own.",
      );
    const stranger = await strangerTo(identity, turn);
    if (stranger !== undefined)
      return refuse("owner-unknown", "an owner and a deputy who are registered people", stranger, "Register the person first.");
    await perform(turn, now, { who: identity.owner, act: identityRegistered, subject: identity.name, body: { record: identity } });
    return accept(identity);
  });
}

/** An owner or deputy of a machine whom nobody knows as a person. */
async function strangerTo({ kind, owner, deputy }: Identity, turn: Turn): Promise<string | undefined> {
  if (kind === "person") return undefined;
  const rows = await turn.selectFrom("identities").select("record").execute();
  const people = rows.map(recordOf).filter((identity) => identity.kind === "person");
  return [owner, deputy].find((name): name is string => !people.some((person) => person.name === name));
}

function recordOf({ record }: { readonly record: string }): Identity {
  return JSON.parse(record) as Identity; // written here, from a record that was read strictly
}

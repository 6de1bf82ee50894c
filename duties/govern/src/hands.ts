// SPDX-License-Identifier: Apache-2.0
import type { Register } from "./apart/tenure.ts";
import type { Database } from "./database.ts";
import { register } from "./register.ts";

/** Who is behind whom, as far as the register knows. */
export async function handsIn(database: Database): Promise<Register> {
  const identities = await register(database);
  return { tenures: identities.map(({ name, owner }) => ({ of: name, by: owner, as: "owner", from: 0, until: null })), accounts: [] };
}

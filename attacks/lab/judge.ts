// SPDX-License-Identifier: Apache-2.0
import { type Attack, type Control, type Move, type Strike, wordOf } from "./attack.ts";
import type { Lab } from "./lab.ts";

/** What one way in came to. */
export interface MoveResult {
  readonly does: string;
  readonly stoppedBy: readonly Control[];
  /** The shipped processes: what refused. */
  readonly refused: Strike;
  /** All of its controls taken away: what the attacker got. */
  readonly undefended: Strike | undefined;
  /** Each control with all the others taken away. */
  readonly alone: readonly { readonly control: Control; readonly strike: Strike }[];
  /** What is not as it must be, one sentence each; nothing for a control that holds and matters. */
  readonly faults: readonly string[];
}

export interface AttackResult {
  readonly name: string;
  readonly holds: string;
  readonly moves: readonly MoveResult[];
  readonly milliseconds: number;
}

/** Tries that run at once: each is mostly a process that starts and waits. */
const atOnce = 4;

/** Runs an attack both ways: against what is shipped, and with its controls taken away, all and all but one. */
export async function runAttack(attack: Attack, lab: Lab): Promise<AttackResult> {
  const began = performance.now();
  await using stack = new AsyncDisposableStack();
  const moves = [...(await attack.prepare(lab, stack)), ...(await movesOnAgent(attack, lab, stack))];
  const strikes = await inTurns(moves.flatMap((move) => withouts(move).map((without) => () => move.strike(without))));
  const results = moves.map((move) => resultOf(move, strikes.splice(0, withouts(move).length)));
  return { name: attack.name, holds: attack.holds, moves: results, milliseconds: Math.round(performance.now() - began) };
}

async function movesOnAgent({ name, onAgent }: Attack, { agent }: Lab, stack: AsyncDisposableStack): Promise<readonly Move[]> {
  if (onAgent === undefined) return [];
  if (agent === undefined) throw new Error(`${name} takes a lab with an agent world`);
  return onAgent.prepare(agent, stack, agent.planted.get(name));
}

/** Only the half that shows what is shipped: each way in, and what refused it. For a world that is up, which has its own history. */
export async function tryAttack(attack: Attack, lab: Lab): Promise<readonly Pick<MoveResult, "does" | "refused">[]> {
  await using stack = new AsyncDisposableStack();
  const moves = await attack.prepare(lab, stack);
  return await Promise.all(moves.map(async (move) => ({ does: move.does, refused: await move.strike([]) })));
}

/** What each try of a move does without: nothing; everything; everything but one. */
function withouts({ stoppedBy }: Move): readonly (readonly string[])[] {
  const words = stoppedBy.map(wordOf);
  if (words.length === 0) return [[]];
  return [[], words, ...(words.length === 1 ? [] : words.map((kept) => words.filter((word) => word !== kept)))];
}

function resultOf(move: Move, [refused, undefended, ...rest]: readonly Strike[]): MoveResult {
  if (refused === undefined) throw new Error("a move is tried at least once");
  const alone = rest.map((strike, index) => ({ control: move.stoppedBy[index] as Control, strike }));
  const faults = [...faultsOf(move, refused, undefended), ...alone.flatMap(aloneFault)];
  return { does: move.does, stoppedBy: move.stoppedBy, refused, undefended, alone, faults };
}

function faultsOf(move: Move, refused: Strike, undefended: Strike | undefined): readonly string[] {
  const expected = move.bound === undefined ? move.stoppedBy.map(({ check }) => check) : [move.bound];
  const faults: string[] = [];
  if (refused.succeeded) faults.push(`it succeeds against what is shipped: ${refused.evidence}`);
  else if (!expected.includes(refused.check ?? "")) faults.push(`stopped by ${saysNo(refused)}, not by ${expected.join(" or ")}`);
  if (undefended !== undefined && !undefended.succeeded)
    faults.push(`with its controls taken away it is still stopped by ${saysNo(undefended)}`);
  return faults;
}

function aloneFault({ control: { check }, strike }: MoveResult["alone"][number]): readonly string[] {
  if (strike.succeeded) return [`${check} alone does not stop it: ${strike.evidence}`];
  return strike.check === check ? [] : [`with ${check} alone it is stopped by ${saysNo(strike)}`];
}

function saysNo({ check = "nothing", at = "", evidence }: Strike): string {
  return `${check} ${at} (${evidence})`;
}

async function inTurns<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < tasks.length) {
      const index = next++;
      const task = tasks[index];
      if (task !== undefined) results[index] = await task();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}

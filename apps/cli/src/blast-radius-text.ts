// SPDX-License-Identifier: Apache-2.0
import { styleText } from "node:util";
import { type BlastRadius, type Compromise, type Reach, smallestOf } from "@countersign/inventory/blast-radius";
import { type View, views } from "@countersign/inventory/view";
import type { Goal } from "@countersign/inventory/way";
import { plain } from "./plain.ts";
import { type Cell, table } from "./table.ts";
import { bold } from "./text.ts";

const goals: Readonly<Record<Goal, string>> = { install: "put code on devices", hide: "hide what happened", stop: "stop what is released" };
const plurals: Readonly<Record<View, string>> = {
  key: "keys",
  identity: "identities",
  person: "people",
  machine: "machines",
  custody: "custody",
};
const shown = 6;

/** What it would take, the sets of one first. */
export function blastRadiusText(radius: BlastRadius): string {
  const { channel, profile, policyVersion, reaches } = radius;
  const everything = enoughForEverything(reaches);
  return [
    `${bold(channel)}, ${profile}, by policy version ${policyVersion}: what it would take`,
    aloneText(reaches, everything),
    `${bold("Smallest sets")}\n${sizes(reaches)}${unknownText(reaches)}`,
    ...(["install", "hide"] as const).map((goal) => setsText(goal, reaches, everything)),
    loosenedText(radius),
    developmentText(radius),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** Machines and custody domains that hold so much that each is enough for every way to put code on devices. */
function enoughForEverything(reaches: readonly Reach[]): ReadonlySet<string> {
  const ways = reaches.filter(({ goal, view }) => goal === "install" && (view === "machine" || view === "custody"));
  const names = ways.map(({ sets }) => sets.filter(({ elements }) => elements.length === 1).map(({ elements }) => elements[0]?.name ?? ""));
  return new Set(names.flat().filter((name) => ways.filter((_, way) => names[way]?.includes(name)).length >= ways.length / 2));
}

function aloneText(reaches: readonly Reach[], everything: ReadonlySet<string>): string {
  const blocks = (Object.keys(goals) as Goal[]).flatMap((goal) => {
    const lines = [...Map.groupBy(reaches, ({ goal, way }) => `${goal} ${way}`).values()].flatMap((views) => {
      const [{ way, does, goal: own } = { way: "", does: "", goal: undefined }] = views;
      const who = own === goal ? aloneIn(views, everything) : [];
      const seen = views.flatMap(({ sets }) => sets.filter(({ elements }) => elements.length === 1)).flatMap(({ seen }) => seen);
      const sights = [...new Set(seen)].join("; ") || "nobody";
      return who.length === 0 ? [] : [wayText(way, `${who.join(", ")} can ${does}`, [["seen", sights]])];
    });
    return lines.length === 0 ? [] : [`${bold(`Enough alone to ${goals[goal]}`)}\n${lines.join("\n")}`];
  });
  const machines = [...everything].map((name) => `${styleText("red", plain(name))} is enough alone for everything: it holds every key.`);
  return [...machines, ...(blocks.length === 0 ? [bold("Nobody and nothing is enough alone.")] : blocks)].join("\n\n");
}

/** Who is enough alone, each under the shortest name: a key and its identity of one name are one thing to a reader. */
function aloneIn(views: readonly Reach[], everything: ReadonlySet<string>): readonly string[] {
  const found = views.flatMap(({ view, sets }) =>
    view === "key"
      ? []
      : sets.flatMap(({ elements: [one, ...more] }) => (one?.known && more.length === 0 ? [{ view, name: one.name }] : [])),
  );
  const names = found
    .filter(({ name }) => !everything.has(name))
    .map(({ view, name }) => (view === "identity" || view === "person" ? name : `${view} ${name}`));
  return [...new Set(names)];
}

function sizes(reaches: readonly Reach[]): string {
  const rows = [...Map.groupBy(reaches, ({ goal, way }) => `${goal} ${way}`).values()].flatMap((those): readonly (readonly Cell[])[] => {
    const [first] = those;
    if (first === undefined || first.goal === "stop") return [];
    return [[first.goal, first.way, ...views.map((view) => sizeCell(those.find((reach) => reach.view === view)))]];
  });
  const stops = views.map((view) => String(smallestOf(reaches.filter((reach) => reach.goal === "stop" && reach.view === view)) ?? "-"));
  return table(["goal", "way", ...views.map((view) => plurals[view])], [...rows, ["stop", "any", ...stops]]);
}

function sizeCell(reach: Reach | undefined): Cell {
  if (reach === undefined || reach.smallest === null) return reach?.upTo === null || reach === undefined ? "never" : `over ${reach.upTo}`;
  const text = `${reach.smallest}${reach.unknown > 0 ? " at most" : ""}`;
  return reach.smallest === 1 ? ["red", text] : text;
}

function unknownText(reaches: readonly Reach[]): string {
  return reaches.some(({ unknown }) => unknown > 0)
    ? "\n“At most”: where something belongs is unknown, and it was counted by itself. With it known, a set can only become smaller."
    : "";
}

function setsText(goal: Goal, reaches: readonly Reach[], everything: ReadonlySet<string>): string {
  const ways = Map.groupBy(
    reaches.filter((reach) => reach.goal === goal && (reach.view === "identity" || reach.view === "person")),
    ({ way }) => way,
  );
  const blocks = [...ways.values()].map((those) => {
    const [first] = those;
    const seen = first?.sets[0]?.seen ?? [];
    const lists = those.map((reach) => [plurals[reach.view], setList(reach, everything)] as const);
    return wayText(first?.way ?? "", first?.does ?? "", [...lists, ["seen", seen.join("; ") || "nobody"]]);
  });
  return `${bold(`To ${goals[goal]}`)}\n${blocks.join("\n")}`;
}

/** A way, and below it what is to be said of it. */
function wayText(way: string, does: string, lines: readonly (readonly [string, string])[]): string {
  const below = lines.map(([name, text]) => `${" ".repeat(13)}${styleText("dim", name.padEnd(10))}  ${plain(text)}`);
  return [`  ${styleText("yellow", plain(way).padEnd(10))} ${plain(does)}`, ...below].join("\n");
}

function setList({ sets, upTo }: Reach, everything: ReadonlySet<string>): string {
  const names = ({ elements }: Compromise): string => elements.map(({ name }) => name).join(" + ");
  const some = sets.filter(({ elements }) => !elements.some(({ name }) => everything.has(name))).slice(0, shown);
  const more = sets.length - some.length;
  return [
    some.map(names).join("; ") || "none",
    more > 0 ? `; ${more} more${upTo === null ? "" : `, besides all of over ${upTo}`} (--json)` : "",
  ].join("");
}

function loosenedText({ loosened, profile }: BlastRadius): string {
  if (loosened.length === 0) return "";
  const numbers = loosened.map(({ number, given, usual }) => `${number} ${given} (${profile}: ${usual})`);
  return `${styleText("yellow", "Looser than its profile")}: ${numbers.join(", ")}`;
}

function developmentText({ holdings }: BlastRadius): string {
  const keys = holdings.filter(({ key }) => key !== undefined);
  const files = keys.filter(({ record }) => record?.development);
  const unknown = keys.filter(({ record }) => record === undefined);
  return [
    files.length > 0
      ? `${styleText("red", `${files.length} of ${keys.length} keys are files, for development`)}: whoever reads the disk has them.`
      : "",
    unknown.length > 0 ? `The custody of ${unknown.length} of ${keys.length} keys is unknown from here.` : "",
  ]
    .filter((line) => line !== "")
    .join("\n");
}

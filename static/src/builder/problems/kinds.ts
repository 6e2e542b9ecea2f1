/** What problems are about, in the order in which they are shown. */
import type { Problem } from "../model";

export const KINDS = ["ways", "settings", "texts", "outside", "scenario"] as const;
export type Kind = (typeof KINDS)[number];

const BY_PREFIX: readonly (readonly [string, Kind])[] = [
  ["edge.", "ways"],
  ["port.", "ways"],
  ["cycle.", "ways"],
  ["node.dead_end", "ways"],
  ["node.unreachable", "ways"],
  ["end.", "ways"],
  ["entry.", "ways"],
  ["template.", "texts"],
  ["connector.", "outside"],
  ["sub_scenario.", "outside"],
];

export function kindOf(problem: Problem): Kind {
  const found = BY_PREFIX.find(([prefix]) => problem.code.startsWith(prefix));
  if (found) return found[1];
  return problem.node ? "settings" : "scenario";
}

export interface ProblemGroup {
  readonly kind: Kind;
  readonly problems: readonly Problem[];
  readonly errors: number;
}

/** Problems by what they are about, errors first; groups with errors stand above those without. */
export function grouped(problems: readonly Problem[]): ProblemGroup[] {
  const weight = (problem: Problem) => (problem.severity === "error" ? 0 : 1);
  return KINDS.map((kind) => problems.filter((problem) => kindOf(problem) === kind).sort((a, b) => weight(a) - weight(b)))
    .map((found, place) => ({ kind: KINDS[place] ?? "scenario", problems: found, errors: found.filter((problem) => problem.severity === "error").length }))
    .filter((group) => group.problems.length > 0)
    .sort((a, b) => Number(b.errors > 0) - Number(a.errors > 0));
}

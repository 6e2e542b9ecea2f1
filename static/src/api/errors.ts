import type { Problem } from "./types";

/** A refusal of the server, or its silence, in one form: `status` 0 means that no answer came. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly problems: readonly Problem[];
  /** The whole answer, for the few that carry more than `error` (a conflict carries `theirs`). */
  readonly payload: unknown;

  constructor(status: number, code: string, message: string, problems: readonly Problem[] = [], payload: unknown = null) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.problems = problems;
    this.payload = payload;
  }

  /** Nobody answered: the network, a proxy or the server is away. */
  get isOffline(): boolean {
    return this.status === 0;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function asProblem(value: unknown): Problem[] {
  if (!isRecord(value) || typeof value.text !== "string") return [];
  return [{ code: "", ...value, text: value.text }];
}

/** The error that an answer carries; whatever came, the result has a status, a code and a text. */
export function errorFromAnswer(status: number, statusText: string, payload: unknown): ApiError {
  const error = isRecord(payload) && isRecord(payload.error) ? payload.error : {};
  const problems = Array.isArray(error.problems) ? error.problems.flatMap(asProblem) : [];
  return new ApiError(
    status,
    typeof error.code === "string" ? error.code : `http_${status}`,
    typeof error.message === "string" ? error.message : statusText,
    problems,
    payload,
  );
}

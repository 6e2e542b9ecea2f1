import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, ApiError, apiUrl, conditionalGet, configureSession } from "./client";

type Sent = { url: string; init: RequestInit };
let sent: Sent[] = [];

function answerWith(...answers: (Response | Error)[]): void {
  const rest = [...answers];
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    sent.push({ url, init });
    const answer = rest.shift();
    return answer instanceof Error || answer === undefined ? Promise.reject(answer ?? new Error("no more answers")) : Promise.resolve(answer);
  });
}

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

async function refusal(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof ApiError)) throw new Error("was not refused");
  return error;
}

beforeEach(() => {
  sent = [];
  configureSession({ csrf: "token", language: "ru", onExpired: () => undefined });
});
afterEach(() => vi.unstubAllGlobals());

describe("requests", () => {
  it("carry language, and the token wherever something changes", async () => {
    answerWith(json({}), json({}));
    await api.get("/home");
    await api.post("/tasks/1/take");
    expect(sent[0]?.init.headers).toMatchObject({ "Accept-Language": "ru" });
    expect(sent[0]?.init.headers).not.toHaveProperty("X-CSRFToken");
    expect(sent[1]?.init.headers).toMatchObject({ "X-CSRFToken": "token", "Content-Type": "application/json" });
  });

  it("leave empty values out of the address", () => {
    expect(apiUrl("/loans", { q: "", bucket: "1-30", page: 2, tag: null, dpd_min: 0 })).toBe("/api/v1/loans?bucket=1-30&page=2&dpd_min=0");
  });
});

describe("refusals", () => {
  it("tell status, code, message and every problem", async () => {
    answerWith(json({ error: { code: "invalid", message: "Так нельзя", problems: [{ code: "row", text: "Строка 7", row: 7 }, "?"] } }, 422));
    const error = await refusal(api.post("/imports/1/start"));
    expect(error).toMatchObject({ status: 422, code: "invalid", message: "Так нельзя" });
    expect(error.problems).toEqual([{ code: "row", text: "Строка 7", row: 7 }]);
  });

  it("keep the rest of a conflict", async () => {
    const theirs = { revision: 9 };
    answerWith(json({ error: { code: "conflict", message: "…" }, theirs }, 409));
    expect((await refusal(api.put("/scenarios/1/draft", {}))).payload).toMatchObject({ theirs });
  });

  it("survive an answer that is no JSON", async () => {
    answerWith(new Response("<h1>Bad gateway</h1>", { status: 502, statusText: "Bad Gateway" }));
    expect(await refusal(api.get("/home"))).toMatchObject({ status: 502, code: "http_502", message: "Bad Gateway" });
  });

  it("say that nobody answered", async () => {
    answerWith(new TypeError("Failed to fetch"));
    const error = await refusal(api.get("/home"));
    expect(error.isOffline).toBe(true);
  });

  it("announce a session that has ended, and no other refusal", async () => {
    const onExpired = vi.fn();
    configureSession({ onExpired });
    answerWith(json({}, 403), json({}, 401));
    await refusal(api.get("/audit"));
    expect(onExpired).not.toHaveBeenCalled();
    await refusal(api.get("/audit"));
    expect(onExpired).toHaveBeenCalledTimes(1);
  });
});

describe("polling", () => {
  it("sends the tag it knows and keeps the same object while nothing changed", async () => {
    answerWith(json({ n: 1 }, 200, { ETag: '"a"' }), new Response(null, { status: 304 }), json({ n: 2 }, 200, { ETag: '"b"' }));
    const first = await conditionalGet("/versions/1/numbers");
    const second = await conditionalGet("/versions/1/numbers");
    const third = await conditionalGet("/versions/1/numbers");
    expect(second).toBe(first);
    expect(third).toEqual({ n: 2 });
    expect(sent[0]?.init.headers).not.toHaveProperty("If-None-Match");
    expect(sent[1]?.init.headers).toMatchObject({ "If-None-Match": '"a"' });
  });
});

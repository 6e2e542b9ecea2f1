import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { ApiError, errorFromAnswer } from "./errors";

export { ApiError } from "./errors";

export const API_ROOT = "/api/v1";

export type QueryValue = string | number | boolean | null | undefined | readonly string[];
export type Query = Readonly<Record<string, QueryValue>>;

interface Session {
  csrf: string;
  language: string;
  onExpired: () => void;
}

const session: Session = { csrf: "", language: "en", onExpired: () => undefined };

/** Tell the client who is speaking; called when /me answers and when the person changes the language. */
export function configureSession(part: Partial<Session>): void {
  Object.assign(session, part);
}

/** `/loans` and `{bucket: "1-30"}` become `/api/v1/loans?bucket=1-30`; empty values are left out. */
export function apiUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const values = Array.isArray(value) ? (value as readonly string[]) : [value as string | number | boolean | null | undefined];
    for (const one of values) {
      if (one !== undefined && one !== null && one !== "") search.append(name, String(one));
    }
  }
  const text = search.toString();
  return API_ROOT + path + (text ? `?${text}` : "");
}

async function readPayload(answer: Response): Promise<unknown> {
  const text = await answer.text();
  if (!text) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { credentials: "same-origin", ...init });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "offline", "");
  }
}

/** Nobody is signed in any more, or somebody signed in anew and the page still shows the token of the session before. */
export function isExpired(error: ApiError): boolean {
  return error.status === 401 || error.code === "csrf";
}

async function refuse(answer: Response): Promise<never> {
  const error = errorFromAnswer(answer.status, answer.statusText, await readPayload(answer));
  if (isExpired(error)) session.onExpired();
  throw error;
}

export interface RequestOptions {
  query?: Query;
  /** JSON unless it is a FormData. */
  body?: unknown;
  signal?: AbortSignal;
}

/** One request; resolves to the parsed answer or throws `ApiError`. */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": session.language };
  if (method !== "GET") headers["X-CSRFToken"] = session.csrf;
  const init: RequestInit = { method, headers };
  if (options.signal) init.signal = options.signal;
  if (options.body instanceof FormData) init.body = options.body;
  else if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  const answer = await send(apiUrl(path, options.query), init);
  return answer.ok ? ((await readPayload(answer)) as T) : refuse(answer);
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    request<T>("GET", path, { ...(query && { query }), ...(signal && { signal }) }),
  post: <T>(path: string, body: unknown = {}) => request<T>("POST", path, { body }),
  put: <T>(path: string, body: unknown) => request<T>("PUT", path, { body }),
  delete: <T>(path: string) => request<T>("DELETE", path),
};

const remembered = new Map<string, { etag: string; data: unknown }>();

/** A GET that costs nothing when nothing changed: the same object comes back on 304. */
export async function conditionalGet<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  const url = apiUrl(path, query);
  const key = `${session.language} ${url}`;
  const known = remembered.get(key);
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": session.language };
  if (known) headers["If-None-Match"] = known.etag;
  const init: RequestInit = { headers, cache: "no-store" };
  if (signal) init.signal = signal;
  const answer = await send(url, init);
  if (answer.status === 304 && known) return known.data as T;
  if (!answer.ok) return refuse(answer);
  const data = (await readPayload(answer)) as T;
  const etag = answer.headers.get("ETag");
  if (etag) remembered.set(key, { etag, data });
  return data;
}

export interface GetOptions {
  query?: Query;
  enabled?: boolean;
  /** Ask again every so many milliseconds while the page is visible. */
  every?: number | false;
  /** Keep showing the former answer while a changed query is asked. */
  keep?: boolean;
  /** Ask at every opening, however new the cached answer is. */
  fresh?: boolean;
}

/** Read `path` through the cache. The key is `[path, query]`, so `invalidateQueries({queryKey: ["/loans"]})` reaches it. */
export function useGet<T>(path: string, options: GetOptions = {}): UseQueryResult<T, ApiError> {
  return useQuery<T, ApiError>({
    queryKey: [path, options.query ?? {}],
    queryFn: ({ signal }) => api.get<T>(path, options.query, signal),
    enabled: options.enabled ?? true,
    refetchInterval: options.every ?? false,
    ...(options.keep && { placeholderData: keepPreviousData }),
    ...(options.fresh && { staleTime: 0 }),
  });
}

/** Poll `path` with If-None-Match, every 1.5 s unless told otherwise; `data` keeps its identity while unchanged. */
export function usePolled<T>(path: string, options: GetOptions = {}): UseQueryResult<T, ApiError> {
  return useQuery<T, ApiError>({
    queryKey: [path, options.query ?? {}],
    queryFn: ({ signal }) => conditionalGet<T>(path, options.query, signal),
    enabled: options.enabled ?? true,
    refetchInterval: options.every ?? 1500,
    placeholderData: keepPreviousData,
  });
}

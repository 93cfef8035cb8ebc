// The service as the page speaks to it. Every path, parameter and answer has the type that
// openapi.yaml gives it (schema.d.ts is generated from it at each build), so a change of the
// API that breaks the page breaks the build.

import createClient from "openapi-fetch";
import { language } from "../words/language";
import { bearer, held, letIn } from "./door";
import { away, back, timed } from "./reach";
import type { components, paths } from "./schema";

/** A schema of openapi.yaml by its name: Schema<"Decision">. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** The service, by path: settle(service.GET("/v1/layers")). */
export const service = createClient<paths>({ baseUrl: location.origin, fetch: admitted });

service.use({
  onRequest({ request }) {
    request.headers.set("Accept-Language", language.value);
    return request;
  },
});

/** Sends a request, and again once somebody signed in where a key was wanted. */
async function admitted(request: Request): Promise<Response> {
  const response = await reached(request);
  if (response.status !== 401 || new URL(request.url).pathname === "/v1/session") return response;
  return (await letIn()) ? reached(request) : response;
}

/**
 * Sends a request. What only reads waits for a service that is away; what writes is told at
 * once, as only who sent it can see whether it was done.
 */
async function reached(request: Request): Promise<Response> {
  for (;;) {
    const wasAway = away.peek();
    try {
      const response = await timed(fetch(withKey(request)));
      if (response.status !== 503 || request.method !== "GET" || !wasAway) return response;
      await back(); // it is starting
    } catch (error) {
      if (request.signal.aborted) throw error;
      const returned = back();
      if (request.method !== "GET") throw error;
      await returned;
    }
  }
}

/** A request as it is sent now: somebody may have signed in since it was made. */
function withKey(request: Request): Request {
  const sent = request.clone();
  if (held.value !== null) sent.headers.set("Authorization", bearer(held.value));
  return sent;
}

/** A refusal of the service. Its message is a sentence for a person. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly retryAfter: number, // seconds; 0 when not said
  ) {
    super(message);
  }
}

/** The service was not reached, or did not answer in the way it should. */
export class Unreached extends Error {}

interface Settling {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/** What was answered. It throws a Refusal, or Unreached; an AbortError as it is. */
export async function settle<S extends Settling>(call: Promise<S>): Promise<Exclude<S["data"], undefined>> {
  return (await settled(call)).data as Exclude<S["data"], undefined>;
}

/** The same with the response, for its headers. */
export async function settled<S extends Settling>(call: Promise<S>): Promise<S> {
  let answer: S;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Unreached(String(error));
  }
  const { response } = answer;
  if (!response.ok) throw refusal(response, answer.error);
  return answer;
}

/** The refusal that a response is; its body may be a problem document or anything. */
function refusal(response: Response, body: unknown): Refusal {
  const { detail, title } = (typeof body === "object" && body !== null ? body : {}) as { detail?: string; title?: string };
  return new Refusal(detail ?? title ?? response.statusText, response.status, Number(response.headers.get("Retry-After") ?? 0));
}

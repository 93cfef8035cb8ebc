// Filing what a call was about. What was typed and what was sent are kept in the tab until the
// service has answered, so that neither a dead service nor a reload loses it or files it twice.

import { batch, effect, signal } from "@preact/signals";
import { sentence } from "../app/notices";
import { spot, subject } from "../app/state";
import { Refusal, service, settle, type Schema } from "../service/client";
import { condition, given, inquiry, reportedAt, source, type Source } from "./call";

/** A report that was sent and perhaps not answered: each retry sends the same under the same key. */
interface Pending {
  key: string;
  body: Schema<"NewReport">;
}

export interface Filed {
  id: string;
  into: string | null;
}

export const address = signal("");
export const description = signal("");
export const pending = signal<Pending | null>(null);
export const sending = signal(false);
export const filed = signal<Filed | null>(null); // of this call
export const fault = signal("");

/** Files the call, or tries again to; with into as one more report of what is filed already, into which it is merged. */
export async function file(into: string | null = null): Promise<void> {
  const body = inquiry.peek();
  if (!body || sending.peek()) return;
  const now = (pending.value ??= { key: newKey(), body: { ...body, ...texts(), ...(into && { merged_into: into }) } });
  sending.value = true;
  fault.value = "";
  try {
    const { id } = await settle(service.POST("/v1/reports", { params: { header: { "Idempotency-Key": now.key } }, body: now.body }));
    done({ id, into: now.body.merged_into ?? null });
  } catch (error) {
    if (isAnswered(error)) pending.value = null;
    fault.value = sentence(error);
  }
  sending.value = false;
}

function texts(): { address?: string; description?: string } {
  return { ...(address.value && { address: address.value }), ...(description.value && { description: description.value }) };
}

function done(as: Filed): void {
  batch(() => {
    filed.value = as;
    pending.value = null;
    address.value = description.value = condition.value = reportedAt.value = "";
  });
}

/** A refusal says that nothing was stored, unless the first try is still at work or the server broke. */
function isAnswered(error: unknown): boolean {
  return error instanceof Refusal && error.status < 500 && error.status !== 409;
}

/** Everywhere, also where the page came without encryption, for which there is no randomUUID. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Clears the desk for the next call. */
export function nextCall(): void {
  batch(() => {
    spot.value = subject.value = filed.value = null;
    given.value = [];
    source.value = "pin";
    fault.value = "";
  });
}

/** Another place or subject after filing is another call. */
export function keepFiledApt(): () => void {
  let was: unknown[] = [spot.peek(), subject.peek()];
  return effect(() => {
    const now = [spot.value, subject.value];
    if (now.some((value, i) => value !== was[i])) filed.value = null;
    was = now;
  });
}

const stored = "gridwarden.call";

interface Kept {
  source: Source;
  condition: string;
  reportedAt: string;
  address: string;
  description: string;
  pending: Pending | null;
}

/** Brings back what the tab held, and keeps it from now on. */
export function keepTyped(): () => void {
  const kept = JSON.parse(sessionStorage.getItem(stored) ?? "null") as Kept | null;
  if (kept) {
    batch(() => {
      source.value = kept.source;
      condition.value = kept.condition;
      reportedAt.value = kept.reportedAt;
      address.value = kept.address;
      description.value = kept.description;
      pending.value = kept.pending;
    });
  }
  return effect(() => {
    const now: Kept = {
      source: source.value,
      condition: condition.value,
      reportedAt: reportedAt.value,
      address: address.value,
      description: description.value,
      pending: pending.value,
    };
    sessionStorage.setItem(stored, JSON.stringify(now));
  });
}

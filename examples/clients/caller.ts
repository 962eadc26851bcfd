/** Who calls, and for which customer: asked for each request, because both may change. */
export interface Caller {
  url: string;
  token(): string;
  customer(): string;
}

export function headersOf(caller: Caller): Record<string, string> {
  return { authorization: `Bearer ${caller.token()}`, "customer-id": caller.customer() };
}

/** What `errors[].extensions` says of a request that was refused, in every client's error. */
export interface Refusal {
  code: string;
  requestId?: string;
  retryAfterSeconds?: number;
}

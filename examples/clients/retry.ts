import type { RenameResult } from "./failures";

type Sleep = (seconds: number) => Promise<void>;

const LONGEST = 30; // seconds that a person waits

const sleepFor: Sleep = (seconds) => new Promise((wake) => setTimeout(wake, seconds * 1000));

/**
 * Renames, and tries again while the result is `retryable`, after `retryAfterSeconds` if it says so.
 * That is safe where the outcome is UNKNOWN too: to rename twice is to rename once.
 */
export async function renameWithRetries(
  rename: () => Promise<RenameResult>,
  { attempts = 3, sleep = sleepFor }: { attempts?: number; sleep?: Sleep } = {},
): Promise<RenameResult> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await rename();
    if (!("retryable" in result) || !result.retryable || attempt === attempts) return result;
    const told = "retryAfterSeconds" in result ? result.retryAfterSeconds : null;
    const seconds = told ?? 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
    if (seconds > LONGEST) return result;
    await sleep(seconds);
  }
}

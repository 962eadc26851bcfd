import type { RenameMutation } from "./generated/graphql";

export type RenameResult = RenameMutation["updateContactGroup"];
type Failure = Exclude<RenameResult, { __typename: "UpdateContactGroupSuccess" }>;

/** What a person sees of a result: text, where it stands, and what can be done next. */
export interface Notice {
  tone: "good" | "bad";
  text: string;
  /** It is about the name, and stands at it. */
  ofName?: boolean;
  /** For so many seconds the button waits. */
  waitSeconds?: number;
  /** Whether the change was made is not known: look at the list. */
  look?: boolean;
  /** What to tell whoever is asked for help. */
  requestId?: string;
}

export function noticeOf(result: RenameResult): Notice {
  switch (result.__typename) {
    case "UpdateContactGroupSuccess":
      return {
        tone: "good",
        text: result.contactGroup
          ? `The group is now called ${result.contactGroup.name}.`
          : "The group will be renamed soon.",
      };
    case "InvalidInputError":
      return {
        tone: "bad",
        text: result.fieldErrors.flatMap((error) => error.messages).join(" ") || result.message,
        ofName: result.fieldErrors.some((error) => error.path.includes("name")),
      };
    case "PermissionDeniedError":
      return { tone: "bad", text: "You may not rename this group.", requestId: result.requestId };
    case "ContactGroupNotFoundError":
      return { tone: "bad", text: "This group is gone.", look: true };
    case "RateLimitedError":
      return { tone: "bad", text: "Too many changes at once.", waitSeconds: result.retryAfterSeconds ?? 5 };
    case "UpstreamUnavailableError":
      return { ...noticeOfFailure(result), waitSeconds: result.retryAfterSeconds ?? 0 };
    case "RequestRejectedError":
    case "UnexpectedProblemError":
      return noticeOfFailure(result);
    default:
      return unforeseen(result);
  }
}

function unforeseen(member: never): Notice {
  return noticeOfFailure(member as Failure);
}

function noticeOfFailure({ message, outcome, requestId }: Failure): Notice {
  const unknown = outcome === "UNKNOWN";
  return {
    tone: "bad",
    text: unknown ? `${message} The group may have been renamed.` : `${message} Nothing was changed.`,
    look: unknown,
    requestId,
  };
}

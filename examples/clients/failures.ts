import type { RenameMutation } from "./generated/graphql";

export type RenameResult = RenameMutation["updateContactGroup"];
type Failure = Exclude<RenameResult, { __typename: "UpdateContactGroupSuccess" }>;

/** What to tell the person who renamed the group. */
export function sentence(result: RenameResult): string {
  switch (result.__typename) {
    case "UpdateContactGroupSuccess":
      return result.contactGroup
        ? `The group is now called ${result.contactGroup.name}.`
        : "The group will be renamed soon.";
    case "InvalidInputError":
      return result.fieldErrors.flatMap((error) => error.messages).join(" ");
    case "PermissionDeniedError":
      return result.requiredScope ? `You need ${result.requiredScope}.` : result.message;
    case "RateLimitedError":
    case "UpstreamUnavailableError":
    case "ContactGroupNotFoundError":
    case "RequestRejectedError":
    case "UnexpectedProblemError":
      return advice(result);
    default:
      return unforeseen(result);
  }
}

/** The compiler names a member that has no case; at run time, one that the server has learnt since. */
function unforeseen(member: never): string {
  return advice(member as Failure);
}

function advice({ message, outcome, retryable, requestId }: Failure): string {
  const made = outcome === "UNKNOWN" ? " Look whether the change was made." : "";
  return `${message}${made} ${retryable ? "Try again later." : `Please report ${requestId}.`}`;
}

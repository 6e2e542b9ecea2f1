/** The draft's place on the server, in the words of the autosave. */
import { api, ApiError, isExpired } from "../../api/client";
import type { ScenarioDocument } from "../document/types";
import type { Analysis } from "../model";
import type { DraftServer, SaveAnswer } from "../saving/autosave";

interface Theirs {
  readonly document: ScenarioDocument;
  readonly revision: number;
  readonly draft_by: string | null;
  readonly draft_at: string | null;
}

export function draftServer(scenario: number, onAnalysis: (analysis: Analysis) => void): DraftServer {
  return {
    async save(document, revision): Promise<SaveAnswer> {
      try {
        const answer = await api.put<{ revision: number; analysis: Analysis }>(`/scenarios/${scenario}/draft`, { document, revision });
        onAnalysis(answer.analysis);
        return { kind: "saved", revision: answer.revision };
      } catch (error) {
        return answerTo(error);
      }
    },
  };
}

function answerTo(error: unknown): SaveAnswer {
  if (!(error instanceof ApiError)) throw error;
  if (isExpired(error)) return { kind: "expired" };
  const { theirs } = error.payload as { theirs?: Theirs };
  if (error.status === 409 && theirs) {
    return { kind: "conflict", theirs: { document: theirs.document, revision: theirs.revision, by: theirs.draft_by, at: theirs.draft_at } };
  }
  return error.status >= 400 && error.status < 500 ? { kind: "refused", message: error.message } : { kind: "away" };
}

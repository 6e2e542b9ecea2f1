import type { IsoDay } from "../types";

export interface LetterDay {
  day: IsoDay;
  letters: number;
  sheets: number;
  tracked: number;
  delivered: number;
  returned: number;
}

export interface LetterDays {
  items: LetterDay[];
}

export interface Letter {
  number: string;
  day: IsoDay;
  addressee: string | null;
  address: string | null;
  subject: string;
  sheets: number;
  tracking: string | null;
  outcome: "delivered" | "returned" | null;
  outcome_on: IsoDay | null;
}

export interface Letters {
  items: Letter[];
}

/** Puts `piece` into the text in place of the selection; gives the text and where the cursor stands then. */
export function insertAt(text: string, piece: string, from: number, to: number): { text: string; cursor: number } {
  return { text: text.slice(0, from) + piece + text.slice(to), cursor: from + piece.length };
}

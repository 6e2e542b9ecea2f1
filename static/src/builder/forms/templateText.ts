/** Length of a text message: what a phone company counts. */
const GSM =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const GSM_DOUBLE = "^{}\\[~]|€";

export interface Length {
  readonly characters: number;
  readonly segments: number;
}

/** Characters and SMS segments of a text as it stands; 7-bit where its alphabet allows it, else 16-bit. */
export function lengthOf(text: string): Length {
  const units = [...text];
  const isPlain = units.every((unit) => GSM.includes(unit) || GSM_DOUBLE.includes(unit));
  const size = isPlain ? units.reduce((sum, unit) => sum + (GSM_DOUBLE.includes(unit) ? 2 : 1), 0) : text.length;
  const [single, part] = isPlain ? [160, 153] : [70, 67];
  const segments = size === 0 ? 0 : size <= single ? 1 : Math.ceil(size / part);
  return { characters: units.length, segments };
}

/** The text with an example in place of each `{{ variable }}`, so that its length is that of a real message. */
export function withExamples(template: string, examples: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{\s*([a-z_]+)[^}]*\}\}/g, (mark, name: string) => examples[name] ?? mark);
}

/** Puts `piece` into the text in place of the selection; gives the text and where the cursor stands then. */
export function insertAt(text: string, piece: string, from: number, to: number): { text: string; cursor: number } {
  return { text: text.slice(0, from) + piece + text.slice(to), cursor: from + piece.length };
}

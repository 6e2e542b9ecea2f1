/** Text of a picture: measured, broken into lines, and made safe for XML. */

/** Width of a text in units of the picture. */
export type Measure = (text: string, size: number, isBold: boolean) => number;

/** For where no canvas measures: wider than most fonts, so that words stay inside their cards. */
export const roughly: Measure = (text, size, isBold) => text.length * size * (isBold ? 0.68 : 0.61);

export function escaped(text: string): string {
  const signs: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  // eslint-disable-next-line no-control-regex -- control characters may not stand in XML
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>"]/g, (sign) => signs[sign] ?? sign);
}

function cut(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text;
  let length = text.length;
  while (length > 1 && !fits(`${text.slice(0, length).trimEnd()}…`)) length -= 1;
  return `${text.slice(0, length).trimEnd()}…`;
}

/** At most `most` lines no wider than `width`; what does not fit is cut with an ellipsis, long words are broken. */
export function lines(text: string, width: number, most: number, measure: (text: string) => number): string[] {
  const fits = (part: string) => measure(part) <= width;
  const made: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(/\s+/).filter(Boolean)) {
      const longer = line === "" ? word : `${line} ${word}`;
      if (fits(longer)) line = longer;
      else {
        if (line !== "") made.push(line);
        line = word;
        while (!fits(line) && made.length < most) {
          let length = line.length - 1;
          while (length > 1 && !fits(line.slice(0, length))) length -= 1;
          made.push(line.slice(0, length));
          line = line.slice(length);
        }
      }
    }
    made.push(line);
  }
  if (made.length <= most) return made;
  const rest = made.slice(most - 1).join(" ");
  return [...made.slice(0, most - 1), cut(rest, fits)];
}

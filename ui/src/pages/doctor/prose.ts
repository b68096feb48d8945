/** Text of the API in pieces: words, and what is to be typed or looked for as it stands. */

export interface Piece {
  text: string;
  code: boolean;
}

/** Flags, paths, settings, names of metrics, commands and what stands between backticks. */
const CODE = /`([^`]+)`|(--[a-z][\w-]*(?:=(?:[^\s,;]|,(?=\S))+)?|(?<![\w/])\/[\w.-]+(?:\/[\w.-]+)*|\bfarthing (?:up|doctor|serve|settings|report|query|backfill|lake|demo)\b(?: --?[\w-]+(?: (?=\S*[\d/:A-Z])[^\s,;]+(?:,\S+)?)?)*|\b[a-z]\w*(?:_\w+)+\b(?::? (?:true|false)\b)?)/g;

export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(CODE)) {
    if (match.index > done) found.push({ text: text.slice(done, match.index), code: false });
    found.push({ text: match[1] ?? match[0], code: true });
    done = match.index + match[0].length;
  }
  if (done < text.length) found.push({ text: text.slice(done), code: false });
  return found;
}

/** A cure in paragraphs: lines that are YAML or a command stand by themselves, to be copied. */
export function paragraphs(text: string): { text: string; block: boolean }[] {
  const found: { text: string; block: boolean }[] = [];
  for (const line of text.split('\n')) {
    const block = text.includes('\n') && (/^\s{2,}\S/.test(line) || /^\s*[\w.-]+:(\s|$)/.test(line) || /^\s*- /.test(line) || /^(farthing|kubectl|helm|curl) /.test(line));
    const last = found.at(-1);
    if (block && last?.block) last.text += `\n${line}`;
    else if (line.trim()) found.push({ text: line, block });
  }
  return found;
}

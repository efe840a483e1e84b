// Find the entries of the troubleshooting pages that a pasted output belongs to. Needs no page: tests call it.
//
// A line is known by its pairs and triples of neighbouring words; one that few entries have weighs more than
// one that many have, one that a successful run prints weighs nothing. An entry scores the weight of what it shares
// with the text, up to twice that when its message stands there, and once more for lines that stand there whole.
// It is an answer when its message or a wording of it stands in the text, or nearly a whole long line of its outputs,
// when half of the text stands in it, when the text quotes six words of it, or has a code of it such as TF400813.
"use strict";
{
  const GAP = "•"; // stands in a known line for a name, an address, a version or a path
  const HALF = 0.5; // of the text's own words
  const NEARLY = 0.6; // of a line's weight
  const WHOLE = 0.9; // of a line's weight
  const QUOTE = 6; // words in a row
  const LEAST = 4; // weight: a pair of words that no other entry has
  const MUCH = 12; // weight of a line that stands there only nearly whole
  const FAR = 6; // words that a gap may stand for
  const SHORT = 8; // words of a text in which each code counts
  const RARE = 2; // entries that have a code which counts in a longer one
  const ENOUGH = 3; // words; of fewer one cannot say that nothing fits
  const ANSWERS = 5;
  const MOST = 50000; // characters of a text that are looked at, from its end
  // Colours and movements of a terminal, also where a viewer dropped the escape character itself.
  const ESCAPES = /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?]*[A-Za-z]|\[\??\d[\d;]*[A-HJKSTfhlm]|\[[mK](?!\w)/g;
  // What a pipeline puts before a line: a job's and a step's name, the time, the kind of line.
  const STAMP = /^(?:[^\t\n]{1,80}\t[^\t\n]{1,80}\t)?\ufeff?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?[ \t]/gm;
  const MARK = /^[ \t]*(?:##\[\w+\]|\[(?:stderr|stdout|command)\]|::(?:error|warning)[^:\n]*::|#\d+ \d+\.\d+ |[│|>╰─]+ )+[ \t]?/gm;

  /** Return the text as the client printed it: without colours, overprinted progress and a pipeline's prefixes. */
  function plain(text) {
    return text
      .slice(-MOST)
      .replace(/\r\n/g, "\n")
      .replace(ESCAPES, "")
      .replace(/^.*\r(?!$)/gm, "")
      .replace(STAMP, "")
      .replace(MARK, "");
  }

  const words = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+|[=<>~!]=|•/gu) || [];

  /** Return the pieces of a known line: pairs and triples of neighbours, and the two words beside each gap. */
  function pieces(line) {
    const found = new Set();
    const list = words(line);
    list.forEach((word, i) => {
      let next = i + 1;
      while (list[next] === GAP) next += 1;
      if (word === GAP || next >= list.length) return;
      if (next > i + 1) {
        found.add(word + GAP + list[next]);
        return;
      }
      found.add(word + " " + list[next]);
      if (next + 1 < list.length && list[next + 1] !== GAP) found.add(word + " " + list[next] + " " + list[next + 1]);
    });
    return found;
  }

  /** Return all pieces that known lines could share with a text; what a gap stands for may have `FAR` words. */
  function within(text) {
    const found = new Set();
    const list = words(text);
    list.forEach((word, i) => {
      if (i + 1 < list.length) found.add(word + " " + list[i + 1]);
      if (i + 2 < list.length) found.add(word + " " + list[i + 1] + " " + list[i + 2]);
      for (let j = i + 2; j < list.length && j <= i + FAR + 1; j += 1) found.add(word + GAP + list[j]);
    });
    return found;
  }

  /** Return the codes in a text: `TF400813`, `PackageLookupError`, `SECONDARY`, `401`. */
  function codes(text) {
    const found = text.match(/\b(?:[A-Z]{2,}\d{2,}|[A-Z]\w*[a-z]\w*[A-Z]\w*\b|(?!WARNING\b)[A-Z]{6,}\b|[45]\d\d\b)/g);
    return new Set(found);
  }

  /** Return the codes that count in a long text, too: numbered ones, and names that begin a line. */
  const standing = (text) => text.match(/\b[A-Z]{2,}\d{2,}|^[ \t]*[A-Z]\w+/gm) || [];

  /** Return a text with gaps for addresses, paths, required packages, versions and digests. */
  const gapped = (text) => text.replace(/\S*[/\\]\S*|[\w.-]+(?=[=<>~!]=)|\b\d+(?:\.\d+)+\S*|\b[0-9a-f]{8}[0-9a-f-]{8,}\b/g, GAP);

  /** Return the pieces of a text however its lines were broken: between words, or within one. */
  function broken(text) {
    const short = text.replace(/\b(?:https?|file):\/\/[^\s"'`)>]+/g, "url");
    const found = within(short.replace(/\n/g, " "));
    for (const one of within(short.replace(/\n[ \t]*/g, ""))) found.add(one);
    return found;
  }

  /** Return the index of the built site in the form that `find` asks. */
  function prepare(index) {
    const quiet = new Set(index.quiet.flatMap((line) => [...pieces(line)]));
    const entries = index.entries.map((entry) => {
      const keys = entry.keys.map((lines) => lines.map(pieces));
      const lines = [...keys.flat(), ...entry.lines.map(pieces)];
      keys.push([pieces(entry.title)]);
      const said = [entry.title, ...entry.keys.flat()].join("\n");
      const all = new Set([...lines, ...keys.flat()].flatMap((line) => [...line]));
      return { entry, keys, lines, all, codes: codes(said) };
    });
    const count = new Map();
    for (const one of entries) for (const piece of [...one.all, ...one.codes]) count.set(piece, (count.get(piece) || 0) + 1);
    const weights = new Map();
    for (const [piece, times] of count) weights.set(piece, quiet.has(piece) ? 0 : Math.log(1 + entries.length / times));
    const weight = (piece) => weights.get(piece) || 0;
    return { entries, quiet, weight, totals: new Map(), rare: (code) => count.get(code) <= RARE };
  }

  const sum = (pieces, weight, found) => {
    let total = 0;
    for (const piece of pieces) if (!found || found.has(piece)) total += weight(piece);
    return total;
  };

  /** Return the weight of a known line, which is the same for every text. */
  function whole(line, { weight, totals }) {
    if (!totals.has(line)) totals.set(line, sum(line, weight));
    return totals.get(line);
  }

  /** Return which part of the lines' weight stands in the text, 0 for lines that tell too little. */
  function share(lines, known, found) {
    const total = lines.reduce((all, line) => all + whole(line, known), 0);
    return total < LEAST ? 0 : lines.reduce((all, line) => all + sum(line, known.weight, found), 0) / total;
  }

  /** Return whether the text quotes an entry: `QUOTE` words in a row that stand in it so. */
  function quoted(one, weight, triples) {
    let run = 0;
    for (let i = 0; i < triples.length && run < QUOTE - 2; i += 1) {
      run = one.all.has(triples[i]) && weight(triples[i]) ? run + 1 : 0;
    }
    return run >= QUOTE - 2;
  }

  /** Return the weight of the codes that a text and an entry share; a text's may go on where the entry's ends. */
  function coded(one, { weight, rare }, text) {
    const wanted = [...one.codes].filter((code) => text.short || rare(code));
    return sum(wanted.filter((code) => text.codes.some((word) => word.startsWith(code))), weight);
  }

  /** Return how well an entry answers a text, 0 when it does not. */
  function score(one, known, text) {
    const { weight } = known;
    const shares = one.lines.map((line) => share([line], known, text.found));
    const keys = one.keys.map((lines) => share(lines, known, text.found));
    const shared = sum(one.all, weight, text.found);
    const code = coded(one, known, text);
    const own = text.pairs.filter((pair) => one.all.has(pair)).length / (text.pairs.length || 1);
    const answers =
      Math.max(...keys) >= WHOLE ||
      shares.some((part, i) => part >= NEARLY && sum(one.lines[i], weight, text.found) >= MUCH) ||
      (own >= HALF && shared >= LEAST) ||
      quoted(one, weight, text.triples);
    if (!answers && !code) return 0;
    const complete = new Set(one.lines.flatMap((line, i) => (shares[i] >= WHOLE ? [...line] : [])));
    return shared * (1 + Math.max(...keys)) + sum(complete, weight) + code;
  }

  /** Return the entries that a text belongs to, best first; none when the handbook does not know it. */
  function find(known, text) {
    const clean = plain(text);
    const list = words(clean);
    const short = list.length <= SHORT;
    const own = short ? [...codes(clean)] : standing(clean).map((code) => code.trim());
    const pairs = gapped(clean).split("\n").flatMap((line) => [...pieces(line)]);
    const triples = list.slice(2).map((word, i) => list[i] + " " + list[i + 1] + " " + word);
    const asked = { triples, short, found: broken(clean), pairs: pairs.filter((one) => !known.quiet.has(one)), codes: own };
    return known.entries
      .map((one) => ({ entry: one.entry, score: score(one, known, asked) }))
      .filter((one) => one.score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, ANSWERS);
  }

  /** Return whether there are words enough to say that nothing fits them. */
  const enough = (text) => words(plain(text)).length > ENOUGH;

  globalThis.handbookMatch = { plain, prepare, find, enough };
}

// Find the entries of the troubleshooting pages that a pasted output belongs to. Needs no page: tests call it.
//
// A line is known by its pairs and triples of neighbouring words; one that few entries have weighs more than
// one that many have, one that a successful run prints weighs nothing. An entry scores the weight of what it shares
// with the text, up to twice that when its message stands there, and once more for lines that stand there whole.
// It is an answer when its message or a wording of it stands in the text, or nearly a whole long line of its outputs,
// when half of the text or most of a line stands in it, when the text quotes six words of it, or has a code of it
// such as TF400813. What failures of any cause print (box.toml) adds to a score and makes no answer.
// What belongs to no feed is known in the same way; where it comes first, no entry is an answer.
"use strict";
{
  const GAP = "•"; // stands in a known line for a name, an address, a version or a path

  // All weights and limits. Each was varied alone (November 2026) against 196 outputs of cases, Linux and Windows, whole;
  // 433 texts made of them: cut, broken, renamed, titles, messages below a harmless line; 118 foreign lines and texts;
  // and half of a set of pastes from public threads. Behind each value: what other values did.
  const LIMITS = {
    half: 0.5, // of a text's words that stand in an entry. 0.4: two foreign lines answered; 0.7: a cut output lost
    line: 0.7, // of a line of the text that stands in an entry. 0.6: two foreign pastes answered; 0.9: the same
    few: 3, // lines of a text in which such a line suffices with `least`. 5: a foreign paste answered; 1: the same
    nearly: 0.6, // of the weight of an entry's line. 0.4: two foreign pastes answered; 0.5 to 0.8: the same
    whole: 0.9, // of a message's weight. 0.8: two foreign lines answered, a paste lost; 0.95: the same
    quote: 6, // words in a row that a text quotes of an entry. 5: a foreign paste answered; 8: the same
    least: 4, // weight of what names an entry: a pair that one has alone weighs 5. 3: two foreign lines; 5: two outputs lost
    much: 12, // weight of a line that is there only nearly whole. 8 to 15: the same; 20: an output lost
    far: 6, // words that a gap may stand for: a path with blanks. 3 to 10: the same
    short: 8, // words of a text in which each code counts. 4 to 12: the same
    rare: 2, // entries that have a code which counts in a longer text: TF400813 has two. 1 to 5: the same
    // Of 188 titles typed word by word, so many are called unknown on the way: 74 at 1, 16 at 2, 3 at 3 and 4, none at 5.
    enough: 3, // words; of fewer one cannot say that nothing fits. Of 51 foreign lines, 7 have no more; at 5, 17 had
    // Of 2,863 texts that find their entry, it is first in 2,804 and in the first three in 2,855; of the pastes, in each.
    answers: 3, // entries shown. At 5, seven of the 48 pastes filled all places, and none had its entry in the last two
    // CPU for a text so long: 20 ms for 10,000 characters, 40 for 20,000, 80 for 50,000, 170 for 100,000.
    most: 50000, // characters that are looked at, from the end. An error with 30,000 below it is lost at 20,000
  };

  // Colours and movements of a terminal, also where a viewer dropped the escape character itself.
  const ESCAPES = /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?]*[A-Za-z]|\[\??\d[\d;]*[A-HJKSTfhlm]|\[[mK](?!\w)/g;
  // What a pipeline puts before a line: a job's and a step's name, the time, the kind of line.
  const STAMP = /^(?:[^\t\n]{1,80}\t[^\t\n]{1,80}\t)?\ufeff?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?[ \t]/gm;
  const MARK = /^[ \t]*(?:##\[\w+\]|\[(?:stderr|stdout|command)\]|::(?:error|warning)[^:\n]*::|#\d+ \d+\.\d+ |[│|>╰─]+ )+[ \t]?/gm;

  const ADDRESS = /\b(?:https?|file):\/\/[^\s"'`)>]+/g;
  const FEED = /\bpkgs\.dev\.azure\.com\b|\bpkgs\.visualstudio\.com\b/; // what a common line names, it names beside one

  /** Return the text as the client printed it: without colours, overprinted progress and a pipeline's prefixes. */
  function plain(text) {
    return text
      .slice(-LIMITS.most)
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

  /** Return the pieces of known lines in a text; what a gap stands for may have `far` words. */
  function within(text, ids, found = new Set()) {
    const list = words(text);
    const add = (piece) => ids.has(piece) && found.add(ids.get(piece));
    list.forEach((word, i) => {
      if (i + 1 < list.length) add(word + " " + list[i + 1]);
      if (i + 2 < list.length) add(word + " " + list[i + 1] + " " + list[i + 2]);
      for (let j = i + 2; j < list.length && j <= i + LIMITS.far + 1; j += 1) add(word + GAP + list[j]);
    });
    return found;
  }

  /** Return the codes in a text: `TF400813`, `PackageLookupError`, `SECONDARY`. Neither a status nor an error of every program's. */
  function codes(text) {
    const found = text.match(/\b(?!(?:(?:HTTP|OS|Permission|FileNotFound|Runtime|Value|Connection)Error|HTTPSConnectionPool)\b)(?:[A-Z]{2,}\d{2,}|[A-Z]\w*[a-z]\w*[A-Z]\w*\b|(?!WARNING\b)[A-Z]{6,}\b)/g);
    return new Set(found);
  }

  /** Return the codes that count in a long text, too: numbered ones, and names that begin a line. */
  const standing = (text) => text.match(/\b[A-Z]{2,}\d{2,}|^[ \t]*[A-Z]\w+/gm) || [];

  /** Return a text with gaps for addresses, paths, files, dotted names, required packages, versions and digests. */
  const gapped = (text) => text.replace(/\S*[/\\]\S*|\S+\.(?:whl|zip|tar\.gz)\b|[\w.-]+(?=[=<>~!]=)|\b[A-Za-z]\w*(?:\.\w+){2,}|\b\d+(?:\.\d+)+\S*|\b[0-9a-f]{8}[0-9a-f-]{8,}\b/g, GAP);

  /** Return the pieces of known lines in a text however its lines were broken: between words, or within one. */
  function broken(text, ids) {
    const short = text.replace(ADDRESS, "url");
    return within(short.replace(/\n[ \t]*/g, ""), ids, within(short.replace(/\n/g, " "), ids));
  }

  /** Return the index of the built site in the form that `find` asks: each piece is a number. */
  function prepare(index) {
    const ids = new Map();
    const number = (piece) => ids.get(piece) ?? ids.set(piece, ids.size).size - 1;
    const numbers = (line) => [...pieces(line)].map(number);
    const each = (lines) => new Set(lines.flatMap(numbers));
    const [quiet, common] = [each(index.quiet), each(index.common)];
    const others = index.others.map((one) => ({ ...one, other: true, keys: one.keys.map((line) => [line]), lines: [] }));
    const entries = [...index.entries, ...others].map((entry) => {
      const keys = entry.keys.map((lines) => lines.map(numbers));
      const lines = [...keys.flat(), ...entry.lines.map(numbers)];
      keys.push([numbers(entry.title)]);
      const said = [entry.title, ...entry.keys.flat()].join("\n");
      return { entry, title: words(entry.title).join(" "), keys, lines, all: [...new Set([...lines, ...keys.flat()].flat())], codes: [...codes(said)] };
    });
    const holders = Array.from(ids, () => []); // of each piece, the entries
    const coded = new Map(); // of each code, in how many entries
    entries.forEach((one, i) => {
      for (const piece of one.all) holders[piece].push(i);
      for (const code of one.codes) coded.set(code, (coded.get(code) || 0) + 1);
    });
    const worth = (times) => Math.log(1 + entries.length / times);
    const weights = Float64Array.from(holders, (list, piece) => (!list.length || quiet.has(piece) ? 0 : worth(list.length)));
    return { index, ids, entries, quiet, common, holders, weights, coded, worth, status: new Set(index.status.words) };
  }

  function sum(list, weights) {
    let total = 0;
    for (const piece of list) total += weights[piece];
    return total;
  }

  /** Return which part of the lines' weight stands in the text, 0 for lines that tell too little. */
  function share(lines, { weights }, { here, naming }) {
    if (lines.reduce((total, line) => total + sum(line, naming), 0) < LIMITS.least) return 0;
    const total = lines.reduce((all, line) => all + sum(line, weights), 0);
    return lines.reduce((all, line) => all + sum(line, here), 0) / total;
  }

  /** Return for each entry how many of some pieces of the text it has. */
  function counts({ entries, holders }, list) {
    const found = new Uint32Array(entries.length);
    for (const piece of list) for (const i of holders[piece] || []) found[i] += 1;
    return found;
  }

  /** Return the entries that have most of a line of the text. */
  function mostly(known, lines, naming) {
    const least = lines.length > LIMITS.few ? LIMITS.much : LIMITS.least;
    const found = new Set();
    for (const line of lines) {
      counts(known, line).forEach((count, i) => {
        if (!count || count < line.length * LIMITS.line || found.has(i)) return;
        const held = line.filter((piece) => known.holders[piece]?.includes(i));
        if (sum(held, naming) >= least) found.add(i);
      });
    }
    return found;
  }

  /** Return the entries that the text quotes: `quote` words in a row stand in them so. */
  function quoted({ holders }, triples, naming) {
    const found = new Set(), runs = new Map(); // of each entry: the end of its run, and how long that is
    triples.forEach((triple, place) => {
      if (!naming[triple]) return;
      for (const i of holders[triple]) {
        const [end, length] = runs.get(i) || [];
        const now = end === place - 1 ? length + 1 : 1;
        runs.set(i, [place, now]);
        if (now >= LIMITS.quote - 2) found.add(i);
      }
    });
    return found;
  }

  /** Return the weight of the codes that a text and an entry share; a text's may go on where the entry's ends. */
  function code(one, { coded, worth }, { short, codes }) {
    const wanted = one.codes.filter((word) => short || coded.get(word) <= LIMITS.rare);
    const found = wanted.filter((word) => codes.some((other) => other.startsWith(word)));
    return found.reduce((total, word) => total + worth(coded.get(word)), 0);
  }

  /** Return how well an entry answers a text, 0 when it does not. */
  function score(one, i, known, text) {
    const own = code(one, known, text);
    if (!text.some[i] && !own) return 0;
    const { here, naming } = text;
    const named = (list) => list.reduce((total, piece) => total + (here[piece] ? naming[piece] : 0), 0);
    const shares = one.lines.map((line) => share([line], known, text));
    const best = Math.max(one.title === text.whole ? 1 : 0, ...one.keys.map((lines) => share(lines, known, text)));
    const answers =
      best >= LIMITS.whole ||
      shares.some((part, j) => part >= LIMITS.nearly && named(one.lines[j]) >= LIMITS.much) ||
      (text.own[i] >= LIMITS.half && named(one.all) >= LIMITS.least) ||
      text.mostly.has(i) ||
      text.quoted.has(i);
    if (!answers && !own) return 0;
    const complete = new Set(one.lines.flatMap((line, j) => (shares[j] >= LIMITS.whole ? line : [])));
    return sum(one.all, here) * (1 + best) + sum([...complete], here) + own;
  }

  /** Return what is asked of each entry about a text. */
  function asked(known, clean) {
    const { ids, quiet, common, weights } = known;
    const list = words(clean);
    const short = list.length <= LIMITS.short;
    const own = short ? [...codes(clean)] : standing(clean).map((one) => one.trim());
    const lines = gapped(clean).split("\n").map((line) => [...pieces(line)].map((piece) => ids.get(piece)));
    const told = lines.map((line) => line.filter((piece) => !quiet.has(piece))).filter((line) => line.length);
    const spoken = words(gapped(clean));
    const triples = spoken.slice(2).map((word, i) => ids.get(spoken[i] + " " + spoken[i + 1] + " " + word));
    const ours = within(clean.split("\n").filter((line) => FEED.test(line)).join("\n").replace(ADDRESS, "url"), ids);
    const found = broken(clean, ids);
    const naming = weights.slice(), here = new Float64Array(weights.length);
    for (const piece of common) if (!ours.has(piece)) naming[piece] = 0;
    for (const piece of found) here[piece] = weights[piece];
    const pairs = told.flat();
    return {
      ...{ whole: list.join(" "), short, naming, here, codes: own, some: counts(known, found) },
      own: Array.from(counts(known, pairs), (count) => count / (pairs.length || 1)),
      mostly: mostly(known, told, naming),
      quoted: quoted(known, triples, naming),
    };
  }

  /** Return whether a text is a status and nothing else. */
  function isStatus({ status }, clean) {
    const list = words(clean);
    const numbers = list.filter((word) => /^[45]\d\d$/.test(word));
    return numbers.length > 0 && list.every((word) => numbers.includes(word) || status.has(word));
  }

  /** Return { entries, other }: what a text belongs to, best first; and what it is if it is nothing of a feed. */
  function answer(known, text) {
    const clean = plain(text);
    const about = asked(known, clean);
    const ranked = known.entries
      .map((one, i) => ({ entry: one.entry, score: score(one, i, known, about) }))
      .filter((one) => one.score > 0)
      .sort((a, b) => b.score - a.score);
    if (ranked.length && ranked[0].entry.other) return { entries: [], other: ranked[0].entry };
    const entries = ranked.filter((one) => !one.entry.other).slice(0, LIMITS.answers);
    return { entries, other: isStatus(known, clean) ? known.index.status : null };
  }

  /** Return the entries that a text belongs to, best first; none when the handbook does not know it. */
  const find = (known, text) => answer(known, text).entries;

  /** Return what to paste in addition, for the client that a text seems to be of; "" for none. */
  function more({ index }, text) {
    const one = index.asks.find(({ marks }) => new RegExp(marks, "m").test(text));
    return one ? one.says : "";
  }

  /** Return whether there are words enough to say that nothing fits them. */
  const enough = (text) => words(plain(text)).length > LIMITS.enough;

  globalThis.handbookMatch = { plain, prepare, answer, find, more, enough };
}

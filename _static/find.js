// Rank the sections of the site for a query. Needs no page: tests call it.
//
// Each word of the query is looked up as it stands (401, PIP_INDEX_URL, extra-index-url) or by its stem. What no
// page has is taken as the beginning of a word, else as the nearest word, a typing mistake, else as its parts.
// A word also stands for its synonyms (search.toml), and a query that contains one of those that readers type
// brings that one's places up. A section scores what its words weigh there and how rare they are (BM25).
// A guide comes before a page of errors unless the query looks like an error, and each page once before
// any page twice.
"use strict";
{
  const WORD = /[\p{L}\p{N}]+(?:[._-]+[\p{L}\p{N}]+)*/gu; // as in handbook/site/search/index.py
  const PART = /[._-]+|(?<=[a-z])(?=[A-Z])/;
  const PLAIN = /^\p{L}+$/u;
  const SATURATION = 8; // the weight at which a word says half of what it can
  const LENGTH = 0.4; // how much a long section is held back ...
  const LONGEST = 1.6; // ... at most
  const PAGE = 1.25; // how much better a page is than a section of one
  const ELSEWHERE = 0.5; // what a word counts that stands in another section of the page
  const COMPLETE = 1.5; // how much worse it is to lack a word
  const SYNONYM = 0.8; // what a synonym counts
  const TYPED = 2.5; // how much better a place is that a part of the query leads to
  const KINDS = { guide: 1, error: 0.65, about: 0.6 }; // what a page is worth to somebody who wants to do something
  const ERROR = { guide: 0.9, error: 1.2, about: 0.5 }; // ... and to somebody with an error
  const MESSAGE = 4; // words: a query of so many that an error page has all of is a message
  // A status, a code such as TF400813, the name of an exception, a message's mark.
  const FAULT = /(?:^|\s)[45]\d\d(?=$|[\s,:])|\b[A-Z]{2,}\d{3,}\b|\b\w{3,}(?:Error|Exception)\b|\b(?:error|failed|denied|not found|invalid|could not|unable to)\b/i;
  const PHRASE = 1.6; // the query stands in the title as it is
  const NAMED = 0.6; // how much better it is if all words of the title are asked for
  const ENOUGH = 0.2; // of the best score without what the title adds
  const MOST = 20;
  const PREFIX = 3; // letters

  /** Return the index in the form that `find` asks; `tools` are Sphinx's: stem(word), stopwords. */
  function prepare(index, tools) {
    const words = new Map(Object.entries(index.words));
    const sizes = index.places.map(() => 0), firsts = new Map();
    for (const list of words.values()) for (let i = 0; i < list.length; i += 2) sizes[list[i]] += list[i + 1];
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    index.places.forEach(([page], i) => firsts.has(page) || firsts.set(page, i));
    const holds = sizes.map((size) => Math.min(LONGEST, 1 - LENGTH + LENGTH * size / mean));
    const known = { index, tools, words, firsts, holds, forms: new Map() };
    for (const one of words.keys()) known.forms.set(one, Object.hasOwn(index.forms, one) ? index.forms[one].split(" ") : [one]);
    const queries = Object.entries(index.typed);
    const stems = (query) => query.match(WORD).map((word) => stem(known, word)).filter(Boolean);
    known.typed = new Map(queries.map(([query, places]) => [signature(stems(query)), places]));
    known.asked = queries.map(([query, places]) => [[...new Set(stems(query))], places]).filter(([own]) => own.length);
    known.synonyms = new Map();
    for (const group of index.synonyms || []) {
      const own = group.map((word) => stem(known, word)).filter((one) => words.has(one));
      for (const word of group) known.synonyms.set(stem(known, word), own.filter((one) => one !== stem(known, word)));
    }
    return known;
  }

  const signature = (stems) => [...new Set(stems)].sort().join(" ");

  function stem(known, word) {
    const low = word.toLowerCase();
    if (known.tools.stopwords.has(low)) return "";
    return PLAIN.test(low) ? known.tools.stem(low) : low;
  }

  /** Return the number of mistakes between two words: letters left out, added, changed or swapped; `most` + 1 at most. */
  function mistakes(one, other, most) {
    if (Math.abs(one.length - other.length) > most) return most + 1;
    let before = [], row = Array.from({ length: other.length + 1 }, (_, j) => j);
    for (let i = 1; i <= one.length; i += 1) {
      const next = [i];
      for (let j = 1; j <= other.length; j += 1) {
        const change = row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1);
        next[j] = Math.min(change, row[j] + 1, next[j - 1] + 1);
        const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
        if (swapped) next[j] = Math.min(next[j], before[j - 2] + 1);
      }
      if (Math.min(...next) > most) return most + 1;
      [before, row] = [row, next];
    }
    return row[other.length];
  }

  /** Return the stem and the spelling of the index's word nearest to a mistyped one. A number is never taken for another. */
  function nearest(known, word) {
    const low = word.toLowerCase();
    const most = !/\p{L}/u.test(low) || low.length < 4 ? 0 : low.length < 9 ? 1 : 2;
    let best = null, least = Infinity, often = 0;
    for (const [one, forms] of most ? known.forms : []) {
      for (const form of forms) {
        const away = mistakes(low, form.toLowerCase(), most), count = known.words.get(one).length;
        const cost = away + (form[0].toLowerCase() === low[0] ? 0 : 0.5);
        if (away > most || cost > least || (cost === least && count <= often)) continue;
        [best, least, often] = [{ sets: [[one]], taken: form }, cost, count];
      }
    }
    return best;
  }

  /** Return what a word of the query stands for: sets of stems, of each set one must stand there; and how it was read. */
  function read(known, word) {
    const low = word.toLowerCase(), own = stem(known, word);
    if (!own) return { sets: [] };
    const alike = known.synonyms.get(own) || [];
    if (known.words.has(own)) return { sets: [[own, ...alike]] };
    if (alike.length) return { sets: [alike] };
    const begins = ([one, forms]) => one.startsWith(low) || forms.some((form) => form.toLowerCase().startsWith(low));
    const longer = low.length < PREFIX ? [] : [...known.forms].filter(begins).map(([one]) => one);
    if (longer.length) return { sets: [longer], begun: longer.length > 1 };
    const near = nearest(known, word);
    if (near) return near;
    const all = word.split(PART), parts = all.filter((part) => known.words.has(stem(known, part)));
    if (parts.length * 2 <= all.length) return { sets: [], unknown: true }; // a name is not one of its pieces
    return { sets: parts.map((part) => [stem(known, part)]), taken: parts.join(" ") };
  }

  /** Return place -> score of the places that have a word, which may be any of several. */
  function scores(known, keys) {
    const found = new Map();
    for (const one of keys) {
      const list = known.words.get(one);
      const rare = Math.log(1 + known.index.places.length / (list.length / 2));
      for (let i = 0; i < list.length; i += 2) {
        const score = (one === keys[0] ? 1 : SYNONYM) * rare * list[i + 1] / (list[i + 1] + SATURATION * known.holds[list[i]]);
        found.set(list[i], Math.max(score, found.get(list[i]) || 0));
      }
    }
    return found;
  }

  /** Return the score of each place: what stands there, and less what stands elsewhere on its page. */
  function ranked(known, asked) {
    const total = new Map();
    const tables = asked.map((keys) => scores(known, keys));
    const pages = tables.map((table) => {
      const best = new Map();
      for (const [place, score] of table) {
        const [page] = known.index.places[place];
        best.set(page, Math.max(score, best.get(page) || 0));
      }
      return best;
    });
    const candidates = new Set(tables.flatMap((table) => [...table.keys()]));
    for (const place of [...candidates]) candidates.add(known.firsts.get(known.index.places[place][0]));
    for (const place of candidates) {
      const [page] = known.index.places[place];
      let sum = 0, has = 0;
      tables.forEach((table, i) => {
        const here = table.get(place) || 0, far = (pages[i].get(page) || 0) * ELSEWHERE;
        sum += Math.max(here, far);
        has += here > 0 ? 1 : far > 0 ? 0.7 : 0;
      });
      total.set(place, sum * (has / asked.length) ** COMPLETE);
    }
    return total;
  }

  /** Return how much better a place is because of its title: the query stands in it, or all of it in the query. */
  function named(known, place, phrase, stems) {
    const [, anchor, title] = known.index.places[place];
    const low = title.toLowerCase();
    const own = (low.match(WORD) || []).map((word) => stem(known, word)).filter(Boolean);
    const share = own.length ? own.filter((one) => stems.has(one)).length / own.length : 0;
    const whole = low.includes(phrase) ? PHRASE * (1 + phrase.length / low.length) : 1;
    return (1 + NAMED * share) * whole * (anchor ? 1 : PAGE);
  }

  /** Return { found, taken, unknown }: places, best first; [typed, read as]; words that no page has. */
  function find(known, query) {
    const readings = [...new Set(query.match(WORD) || [])].map((word) => [word, read(known, word)]);
    const asked = readings.flatMap(([, one]) => one.sets);
    const stems = new Set(readings.flatMap(([, one]) => (one.begun || one.sets.length !== 1 ? [] : [one.sets[0][0]])));
    const first = new Set(stems.size === asked.length ? known.typed.get(signature(stems)) : []);
    const leads = new Set(known.asked.filter(([own]) => own.every((one) => stems.has(one))).flatMap(([, places]) => places));
    const scored = asked.length ? [...ranked(known, asked)] : [];
    const least = Math.max(0, ...scored.map(([, score]) => score)) * ENOUGH;
    const mended = readings.reduce((text, [word, one]) => (one.taken ? text.replace(word, one.taken) : text), query);
    const phrase = mended.trim().toLowerCase();
    const worth = FAULT.test(query) || isMessage(known, asked) ? ERROR : KINDS;
    const found = scored
      .filter(([place, score]) => score >= least || first.has(place))
      .map(([place, score]) => [place, first.has(place) ? Infinity : score * named(known, place, phrase, stems) * (leads.has(place) ? TYPED : 1)])
      .map(([place, score]) => [place, score * (titled(known, place, phrase) ? 1 : worth[known.index.pages[known.index.places[place][0]][2]])])
      .sort((a, b) => (b[1] > a[1]) - (b[1] < a[1]));
    return {
      found: spread(known, found.map(([place]) => place)).slice(0, MOST).map((place) => shown(known, place)),
      taken: readings.filter(([, one]) => one.taken).map(([word, one]) => [word, one.taken]),
      unknown: readings.filter(([, one]) => one.unknown).map(([word]) => word),
    };
  }

  const titled = (known, place, phrase) => known.index.places[place][2].toLowerCase().includes(phrase);

  /** Return whether a page of errors has all of so many words in one place. */
  function isMessage(known, asked) {
    if (asked.length < MESSAGE) return false;
    const tables = asked.map((keys) => scores(known, keys));
    return [...tables[0].keys()].some((place) => known.index.pages[known.index.places[place][0]][2] === "error" && tables.every((table) => table.has(place)));
  }

  /** Return the places with the best of each page before the others, both in their order. */
  function spread(known, places) {
    const seen = new Set(), later = [];
    const best = places.filter((place) => {
      const [page] = known.index.places[place];
      if (seen.has(page)) return later.push(place) && false;
      return seen.add(page);
    });
    return [...best, ...later];
  }

  function shown(known, place) {
    const [page, anchor, title, lead] = known.index.places[place];
    const [address, name] = known.index.pages[page];
    return { address: address + (anchor && "#" + anchor), page: anchor && name, title, lead };
  }

  globalThis.handbookFind = { prepare, find };
}

// Ask the index for numbers, too: Sphinx drops them from what a reader types.
"use strict";
if (typeof Search !== "undefined") {
  const parse = Search._parseQuery;
  Search._parseQuery = (query) => {
    const parsed = parse(query);
    const [, wanted, , highlighted] = parsed;
    for (const number of query.match(/(?<![\w-])\d+(?!\w)/g) || []) {
      wanted.add(number);
      highlighted.add(number);
    }
    return parsed;
  };
}

// Counts as praxis.engines.wordcount does, step by step: characters become kinds, words are found among
// the kinds. A test holds both to one table of examples.
const ONE_EACH = [
  [0x3005, 0x3007], [0x3021, 0x3029], [0x3031, 0x3035], [0x3038, 0x303c], [0x3041, 0x3096], [0x309d, 0x309f], [0x30a1, 0x30fa],
  [0x30fc, 0x30ff], [0x3105, 0x312f], [0x31a0, 0x31bf], [0x31f0, 0x31ff], [0x3400, 0x4dbf], [0x4e00, 0x9fff], [0xac00, 0xd7a3],
  [0xf900, 0xfaff], [0xff66, 0xff9d], [0x1aff0, 0x1b16f], [0x20000, 0x323af], [0x323b0, 0x3347f],
];
const JOINERS = new Set("'\u2019\u02bc\uff07-\u2010\u2011\u00ad\u200c\u200d");
const NUMBER_JOINERS = new Set(".,\uff0e");
const ATTACHED = new Set("\uff9e\uff9f");
const WORD = /[LN][LNM]*(?:(?:J|(?<=N)S(?=N))[LN][LNM]*)*/g;
const known = new Map();

function kind(character) {
  const point = character.codePointAt(0);
  if (ONE_EACH.some(([low, high]) => low <= point && point <= high)) return "H";
  if (ATTACHED.has(character)) return "M";
  if (JOINERS.has(character)) return "J";
  if (NUMBER_JOINERS.has(character)) return "S";
  if (/\p{Nd}/u.test(character)) return "N";
  if (/[\p{L}\p{N}]/u.test(character)) return "L";
  return /\p{M}/u.test(character) ? "M" : " ";
}

export function count(text) {
  let kinds = "";
  let single = 0;
  for (const character of text.normalize("NFC")) {
    let found = known.get(character);
    if (!found) known.set(character, (found = kind(character)));
    if (found === "H") single += 1;
    kinds += found;
  }
  return single + (kinds.match(WORD)?.length ?? 0);
}

// The loops of words.h for words of WORD_BYTES bytes, which words.c includes once for each width. What each reads and writes is said there, at
// the function of its name.
#define WORD JOIN(word, WORD_BYTES)
#define INTEGER JOIN(integer, WORD_BYTES)
#define LOOP(name) JOIN(name, WORD_BYTES)

KERNEL static void LOOP(predict_bitmap)(const WORD *values, size_t rows, word_8 *bitmap) {
  for (size_t block = 0; block < rows / 64; block++) {
    uint64_t bits = 0;
    for (unsigned i = 0; i < 64; i++) bits |= is_present(values[block * 64 + i]) << i;
    bitmap[block] ^= bits;
  }
  if (rows % 64) {
    uint64_t bits = 0;
    for (unsigned i = 0; i < rows % 64; i++) bits |= is_present(values[rows / 64 * 64 + i]) << i;
    bitmap[rows / 64] ^= bits;
  }
}

KERNEL static void LOOP(range)(const INTEGER *words, size_t count, int64_t *smallest, int64_t *largest) {
  INTEGER low = words[0], high = words[0];
  for (size_t i = 1; i < count; i++) {
    low = words[i] < low ? words[i] : low;
    high = words[i] > high ? words[i] : high;
  }
  *smallest = low;
  *largest = high;
}

static size_t LOOP(sample)(const INTEGER *words, size_t count, int64_t *values, int64_t *differences) {
  size_t length = count <= MISTIQUE_WORDS_SAMPLE ? count : MISTIQUE_WORDS_SAMPLE / 8;
  size_t blocks = count <= MISTIQUE_WORDS_SAMPLE ? 1 : 8;
  for (size_t block = 0; block < blocks; block++) {
    const INTEGER *from = words + (blocks == 1 ? 0 : block * (count - length) / (blocks - 1));
    int64_t *to = values + block * length, *change = differences + block * length;
    for (size_t i = 0; i < length; i++) to[i] = from[i];
    for (size_t i = 1; i < length; i++) change[i] = (int64_t)((uint64_t)to[i] - (uint64_t)to[i - 1]);
    change[0] = length > 1 ? change[1] : 0;
  }
  return blocks * length;
}

KERNEL static unsigned LOOP(split)(const WORD *words, size_t count, uint64_t base, unsigned kept, uint8_t *planes) {
  unsigned used = 0;
  for (unsigned k = 0; k < kept; k++) {
    uint8_t *restrict plane = planes + k * count;
    uint8_t any = 0;
    for (size_t i = 0; i < count; i++) {
      uint8_t byte = (uint8_t)((WORD)(words[i] - (WORD)base) >> (8 * k));
      plane[i] = byte;
      any |= byte;
    }
    used |= (any != 0) << k;
  }
  return used;
}

// Writes `word` `count` times.
KERNEL static void LOOP(fill)(size_t count, WORD word, WORD *words) {
  for (size_t i = 0; i < count; i++) words[i] = word;
}

// Adds a plane of `count` bytes, shifted by `shift` bits, to as many words.
KERNEL static void LOOP(add_plane)(const uint8_t *restrict plane, size_t count, unsigned shift, WORD *restrict words) {
  for (size_t i = 0; i < count; i++) words[i] = (WORD)(words[i] + ((WORD)plane[i] << shift));
}

KERNEL static void LOOP(difference)(const WORD *words, size_t count, WORD *differences) {
  for (size_t i = 1; i < count; i++) differences[i] = (WORD)(words[i] - words[i - 1]);
  differences[0] = differences[1];
}

static void LOOP(accumulate)(size_t count, uint64_t first, WORD *words) {
  WORD sum = (WORD)first;
  words[0] = sum;
  for (size_t i = 1; i < count; i++) words[i] = sum = (WORD)(sum + words[i]);
}

static size_t LOOP(dictionary)(
    const WORD *words, size_t count, size_t limit, uint16_t *codes, WORD *dictionary, uint32_t *frequencies) {
  uint16_t slots[MISTIQUE_WORDS_DICTIONARY_SLOTS];
  memset(slots, 0, sizeof slots);
  size_t distinct = 0;
  for (size_t i = 0; i < count; i++) {
    WORD word = words[i];
    size_t slot = (uint64_t)word * 0x9E3779B97F4A7C15u >> 51;
    while (slots[slot] != 0 && dictionary[slots[slot] - 1] != word) slot = (slot + 1) % MISTIQUE_WORDS_DICTIONARY_SLOTS;
    if (slots[slot] == 0) {
      if (distinct == limit) return 0;
      dictionary[distinct] = word;
      frequencies[distinct] = 0;
      slots[slot] = (uint16_t)++distinct;
    }
    unsigned code = slots[slot] - 1u;
    codes[i] = (uint16_t)code;
    frequencies[code]++;
  }
  return distinct;
}

static void LOOP(sort_dictionary)(size_t distinct, size_t count, sort_entry *entries, WORD *dictionary, uint16_t *codes) {
  const WORD sign = (WORD)((WORD)1 << (8 * WORD_BYTES - 1));
  for (size_t i = 0; i < distinct; i++) entries[i] = (sort_entry){(WORD)(dictionary[i] ^ sign), (uint32_t)i};
  const sort_entry *sorted = sort_entries(distinct, WORD_BYTES, entries);
  uint16_t place[MISTIQUE_WORDS_DICTIONARY_SLOTS / 2];
  for (size_t i = 0; i < distinct; i++) {
    dictionary[i] = (WORD)((WORD)sorted[i].key ^ sign);
    place[sorted[i].code] = (uint16_t)i;
  }
  for (size_t i = 0; i < count; i++) codes[i] = place[codes[i]];
}

KERNEL static void LOOP(look_up)(const uint16_t *codes, size_t count, const WORD *dictionary, WORD *words) {
  for (size_t i = 0; i < count; i++) words[i] = dictionary[codes[i]];
}

#undef LOOP
#undef INTEGER
#undef WORD
#undef WORD_BYTES

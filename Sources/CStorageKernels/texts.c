#include "texts.h"

#include <string.h>

// At most half of the slots are ever taken.
enum { SLOTS = 2 * MISTIQUE_TEXTS_LARGEST_DICTIONARY };

struct mistique_texts_dictionary {
  size_t distinct;
  // Of every value: where it first lies, its bytes and its hash.
  const uint8_t *starts[MISTIQUE_TEXTS_LARGEST_DICTIONARY];
  uint32_t lengths[MISTIQUE_TEXTS_LARGEST_DICTIONARY];
  uint32_t hashes[MISTIQUE_TEXTS_LARGEST_DICTIONARY];
  // Number of a value plus 1, 0 for a free slot.
  uint16_t slots[SLOTS];
};

size_t mistique_texts_dictionary_bytes(void) { return sizeof(mistique_texts_dictionary); }

mistique_texts_dictionary *mistique_texts_clear(void *memory) {
  mistique_texts_dictionary *dictionary = memory;
  memset(dictionary->slots, 0, sizeof dictionary->slots);
  dictionary->distinct = 0;
  return dictionary;
}

size_t mistique_texts_distinct(const mistique_texts_dictionary *dictionary) { return dictionary->distinct; }

const uint32_t *mistique_texts_lengths(const mistique_texts_dictionary *dictionary) { return dictionary->lengths; }

void mistique_texts_gather(const mistique_texts_dictionary *dictionary, uint8_t *output) {
  for (size_t value = 0; value < dictionary->distinct; value++) {
    memcpy(output, dictionary->starts[value], dictionary->lengths[value]);
    output += dictionary->lengths[value];
  }
}

// One step of `hash_of`.
static inline uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  return hash ^ hash >> 32;
}

// A hash of a text's `length` bytes.
static inline uint32_t hash_of(const uint8_t *text, size_t length) {
  uint64_t hash = length;
  for (; length >= 8; length -= 8, text += 8) {
    uint64_t word;
    memcpy(&word, text, 8);
    hash = mix(hash, word);
  }
  uint64_t rest = 0;
  for (size_t i = 0; i < length; i++) rest |= (uint64_t)text[i] << (8 * i);
  return (uint32_t)mix(hash, rest);
}

int mistique_texts_number(
    const void *lengths, size_t rows, const uint8_t *utf8, size_t available, size_t limit, mistique_texts_dictionary *dictionary,
    uint16_t *codes) {
  for (size_t row = 0; row < rows; row++) {
    uint32_t length;
    memcpy(&length, (const uint8_t *)lengths + row * 4, 4);
    if (length > available) return 0;
    uint32_t hash = hash_of(utf8, length);
    size_t slot = hash % SLOTS;
    for (;; slot = (slot + 1) % SLOTS) {
      unsigned value = dictionary->slots[slot];
      if (value == 0) {
        if (dictionary->distinct == limit) return 0;
        dictionary->starts[dictionary->distinct] = utf8;
        dictionary->lengths[dictionary->distinct] = length;
        dictionary->hashes[dictionary->distinct] = hash;
        codes[row] = (uint16_t)dictionary->distinct;
        dictionary->slots[slot] = (uint16_t)++dictionary->distinct;
        break;
      }
      value--;
      if (dictionary->hashes[value] == hash && dictionary->lengths[value] == length
          && memcmp(dictionary->starts[value], utf8, length) == 0) {
        codes[row] = (uint16_t)value;
        break;
      }
    }
    utf8 += length;
    available -= length;
  }
  return available == 0;
}

size_t mistique_texts_look_up(
    const uint16_t *codes, size_t rows, const uint8_t *utf8, const uint32_t *starts, const uint32_t *lengths, size_t room,
    uint8_t *output) {
  size_t written = 0;
  for (size_t row = 0; row < rows; row++) {
    size_t length = lengths[codes[row]];
    const uint8_t *text = utf8 + starts[codes[row]];
    if (length <= 16 && room - written >= 16) {
      // Most values are short: a copy of fixed size is two instructions, and what it writes too much is overwritten.
      memcpy(output + written, text, 16);
    } else {
      if (length > room - written) return SIZE_MAX;
      memcpy(output + written, text, length);
    }
    written += length;
  }
  return written;
}

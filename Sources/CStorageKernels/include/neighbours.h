// Codes of a byte to symbols of four or two bits, neighbours sharing a byte, and back.
//
// A symbol s below the last one, 15 or 3, is the code first + s (mod 256); the last one is an escape, whose code stands elsewhere.
//
// Pairs: byte i has the symbols of codes 2i (low) and 2i + 1; one that is not there is 0. Squares of lines of `line` codes, an even number: for each two
// lines, byte j has codes 2j and 2j + 1 of the first and the same of the second, lowest first. What does not fill two lines, or all codes with a line
// of 0, goes four in a row to a byte.
#ifndef MISTIQUE_NEIGHBOURS_H
#define MISTIQUE_NEIGHBOURS_H

#include <stddef.h>
#include <stdint.h>

// Adds how often each of `count` codes occurs to `counts`, 256 of them.
void mistique_neighbours_count(const uint8_t *codes, size_t count, uint32_t *counts);

// Bytes of `count` codes as pairs and as squares.
size_t mistique_neighbours_pair_bytes(size_t count);
size_t mistique_neighbours_square_bytes(size_t count, size_t line);

// Writes the bytes of `count` codes. Codes that are escapes go to `escapes`, which has room for `count`, in their order; returns how many.
size_t mistique_neighbours_pack_pairs(const uint8_t *codes, size_t count, uint8_t first, uint8_t *packed, uint8_t *escapes);
size_t mistique_neighbours_pack_squares(
    const uint8_t *codes, size_t count, size_t line, uint8_t first, uint8_t *packed, uint8_t *escapes);

// The inverse. Returns 0, with `codes` holding anything, if there are not exactly `escaped` escapes.
int mistique_neighbours_unpack_pairs(
    const uint8_t *packed, const uint8_t *escapes, size_t escaped, size_t count, uint8_t first, uint8_t *codes);
int mistique_neighbours_unpack_squares(
    const uint8_t *packed, const uint8_t *escapes, size_t escaped, size_t count, size_t line, uint8_t first, uint8_t *codes);

#endif

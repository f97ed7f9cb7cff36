#pragma once

#include <stddef.h>
#include <stdint.h>

// Escapes among symbols of four or two bits (neighbours.h): codes that have no symbol of their own.

/// Copies the codes that are at least `last`, counted from `first` (mod 256), in their order to `escapes`, which has room for `count`. Returns how many.
size_t mistique_escapes_take(const uint8_t *codes, size_t count, uint8_t first, uint8_t last, uint8_t *escapes);

/// Puts the next of the escapes, of which `put` were put before, where codes are `placeholder`. Returns how many were put by now, or
/// MISTIQUE_TOO_FEW_ESCAPES, with `codes` holding anything.
size_t mistique_escapes_put(
    const uint8_t *escapes, size_t escaped, size_t put, size_t count, uint8_t placeholder, uint8_t *codes);

#define MISTIQUE_TOO_FEW_ESCAPES SIZE_MAX

#pragma once

// Floating-point numbers as unsigned integers of the same order, as `quantize.h` says.

#include <stdint.h>
#include <string.h>
#include "dispatch.h"

/// Adding 0 turns -0 into 0 and changes nothing else.
ALWAYS_INLINE uint32_t order_key(float value) {
  uint32_t bits;
  value += 0.0f;
  memcpy(&bits, &value, 4);
  return bits ^ ((uint32_t)((int32_t)bits >> 31) | 0x80000000u);
}

ALWAYS_INLINE uint64_t order_key_double(double value) {
  uint64_t bits;
  value += 0.0;
  memcpy(&bits, &value, 8);
  return bits ^ ((uint64_t)((int64_t)bits >> 63) | 0x8000000000000000u);
}

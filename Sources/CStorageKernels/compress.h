#pragma once

// Compressing and expanding by a mask is one instruction of AVX-512 that compilers do not find by themselves. Compressing goes through a
// register: with memory as its target the instruction is microcoded, and many times slower, on some processors.
#if defined(__x86_64__) && defined(__linux__)
#include <immintrin.h>
#define WIDE __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2,popcnt")))

// Whether this processor has the instructions; found out once by each file.
static inline int has_wide(void) {
  static int known = -1;
  if (known < 0) {
    __builtin_cpu_init();
    known = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512vbmi2");
  }
  return known;
}

// What stands in for them in registers of 256 bits.
#define HALF_WIDE __attribute__((target("avx2,popcnt")))

static inline int has_half_wide(void) {
  static int known = -1;
  if (known < 0) {
    __builtin_cpu_init();
    known = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
  }
  return known;
}
#endif

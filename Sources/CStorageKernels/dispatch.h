#pragma once

/// Marks a hot loop: on x86-64 Linux it is compiled three times (SSE2, AVX2, AVX-512) and the loader picks the best for the machine.
///
/// This needs no compiler flags, so the package stays usable as a versioned dependency. The loops keep a fixed order of additions and
/// are compiled without fast-math, so that every version gives the same bits.
/// Empty under the thread sanitizer, whose instrumented resolvers run before it is there.
#if defined(__x86_64__) && defined(__linux__) && !__has_feature(thread_sanitizer)
#define KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define KERNEL
#endif

/// Marks what a hot loop is made of: it is compiled within the loop, in each of its versions.
#define ALWAYS_INLINE static inline __attribute__((always_inline))

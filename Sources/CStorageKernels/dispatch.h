// How the hot loops are compiled: once for any processor, and again for those with AVX2 and AVX-512, chosen when the program starts.
#ifndef MISTIQUE_DISPATCH_H
#define MISTIQUE_DISPATCH_H

#if defined(__x86_64__) && defined(__linux__)
#define KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define KERNEL
#endif

#endif

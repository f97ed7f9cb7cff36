// The storage floor's hot loops. Each has a plain C form; the compiler makes the wide ones, except where it needs to be shown how.
//
// Every name begins with `mistique_`. Every function takes what it reads first, each array with its counts, then parameters, then scratch memory, and
// last what it writes; what it changes in place counts as written. Nothing allocates.
//
// Unless a function's comment says otherwise: arrays of one call do not overlap, a count may be 0, memory needs the alignment of its type and
// no more (`void *`: none), and no byte is read or written outside the counts that are given. Every comment says what is written, and whoever calls
// provides the memory.
#ifndef MISTIQUE_STORAGE_KERNELS_H
#define MISTIQUE_STORAGE_KERNELS_H

#include "bound.h"
#include "channels_last.h"
#include "files.h"
#include "floats.h"
#include "ladder.h"
#include "lookup.h"
#include "minhash.h"
#include "neighbours.h"
#include "pool.h"
#include "quantize.h"
#include "rows.h"
#include "texts.h"
#include "words.h"

#endif

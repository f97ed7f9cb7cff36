// The storage floor's hot loops. Each has a plain C form; the compiler makes the wide ones, except where it needs to be shown how.
#ifndef MISTIQUE_STORAGE_KERNELS_H
#define MISTIQUE_STORAGE_KERNELS_H

#include "channels_last.h"
#include "files.h"
#include "floats.h"
#include "minhash.h"
#include "pool.h"
#include "quantize.h"
#include "rows.h"
#include "texts.h"
#include "words.h"

#endif

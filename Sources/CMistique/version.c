#include "mistique.h"

uint32_t mistique_abi_version(void) { return MISTIQUE_ABI_VERSION; }

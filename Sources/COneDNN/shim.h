#pragma once
/* oneDNN 2.6 (Debian: libdnnl-dev). Version 3 changes this C API: only ConvolutionalNetworks/Layers may import the module. */
#include <dnnl.h>
#include <oneapi/dnnl/dnnl_debug.h>

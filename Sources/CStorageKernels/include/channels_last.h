#pragma once
#include <stddef.h>

/// Activation maps in the order in which convolution kernels put them out: pixel by pixel, the channels of a pixel side by side.

/// One image of `pixels` x `channels` float32 values to `channels` x `pixels`. `in` and `out` do not overlap.
void mistique_to_channel_major(const float *in, size_t pixels, size_t channels, float *out);

/// Pools one image of `height` x `width` x `channels` values as `pool_average` and `pool_maximum` pool the same maps, to the same bits,
/// and writes the result channel by channel. `scratch` has room for
/// `channels` x (`width` + ceil(height / size) x ceil(width / size)) values and overlaps neither `in` nor `out`.
void mistique_pool_channels_last(
    int maximum, const float *in, size_t channels, size_t height, size_t width, size_t size, float *scratch, float *out);

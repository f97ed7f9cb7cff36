// Activation maps in the order in which convolution kernels emit them: pixel by pixel, the channels of a pixel side by side.
#ifndef MISTIQUE_CHANNELS_LAST_H
#define MISTIQUE_CHANNELS_LAST_H

#include <stddef.h>

// Turns one image of `pixels` x `channels` float32 values into `channels` x `pixels` of them at `out`.
void mistique_to_channel_major(const float *in, size_t pixels, size_t channels, float *out);

// Pools one image of `height` x `width` x `channels` values as `mistique_pool_maximum`, or with `maximum` 0 `mistique_pool_average`, pools the
// same maps, to the same bits. Writes `channels` x ceil(height / size) x ceil(width / size) values to `out`, channel by channel. `scratch` has room
// for `channels` x (`width` + ceil(height / size) x ceil(width / size)) values. `size`, `height` and `width` are at least 1.
void mistique_pool_channels_last(
    const float *in, size_t channels, size_t height, size_t width, size_t size, int maximum, float *scratch, float *out);

#endif

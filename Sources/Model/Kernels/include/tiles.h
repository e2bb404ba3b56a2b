// Matrix products and convolutions on AMX's tiles. The library's kernels reach what these do while both operands lie in the
// second-level cache; these need less of it, because they go through all columns for a few rows.
#pragma once
#include "products.h"

// Whether this CPU has tiles for both types, and this process may use them: asks the system when it is called first.
int mv_has_tiles(void);
// Of bfloat16 and bytes, as mv_products says it. Sums of bytes of attention never leave the first-level cache: what becomes
// of them is made for 32 rows times 32 columns at a time, while the next ones are multiplied.
void mv_multiply_tiles(const mv_product *product, const void *a, const void *b, void *c);
void mv_score_on_tiles(const mv_product *product, const void *queries, const void *keys, mv_key_words of_keys,
                       int16_t *words);
void mv_mix_on_tiles(const mv_product *product, const void *weights, const void *values, mv_mixing mixing, float *x);

// A convolution of stride 1 over m pixels that follow each other, in bfloat16: a sum over rows of pixels, each of which is
// read from `shifts` places, one pixel after the other.
typedef struct {
  size_t m, inputs, outputs;
  size_t shifts;
  // How many rows of pixels are added up; where in each the first pixel's first shift is: [m + shifts - 1, inputs].
  size_t count;
  const void *const *pixels;
  // For each, its part of the packed weights of `rows_of_kernel` such rows:
  // [outputs / 16][rows_of_kernel][inputs / 32][shifts][16][16][2], of which it points to its row of the first outputs.
  const void *const *weights;
  size_t rows_of_kernel;
  // Sums begin with bias[outputs], or with what is there, or with 0.
  const float *bias;
  int accumulate;
  // Distance of two pixels' sums, in bytes.
  size_t stride_c;
  // Whether the weights of all outputs stay in the second-level cache: then they are gone through for a few pixels after
  // the other, and else the pixels for a few outputs after the other.
  int weights_stay;
} mv_tile_convolution;

void mv_convolve_tiles(const mv_tile_convolution *convolution, float *sums);

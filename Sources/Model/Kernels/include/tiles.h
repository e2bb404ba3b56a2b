// Matrix products and convolutions on AMX's tiles. The library's kernels reach what these do while both operands lie in the
// second-level cache; these need less of it, because they go through all columns for a few rows.
#pragma once
#include <stddef.h>

// Whether this CPU has tiles for both types, and this process may use them: asks the system when it is called first.
int mv_has_tiles(void);
// Multiples of these are multiplied: columns, and bytes of a sum's numbers. So many columns lie together.
enum { mv_tile_columns = 32, mv_tile_bytes = 64, mv_tile_columns_together = 16 };

// c[m,n] (float32, or 32-bit integers of bytes) = or += a[m,k] b. Strides are distances of two rows in bytes.
typedef struct {
  size_t m, n, k;
  // Unsigned times signed bytes, not bfloat16.
  int bytes;
  int accumulate;
  size_t stride_a, stride_c;
  // From 16 columns of b to the next 16, in bytes: those of k numbers, or of more of which these are a part.
  size_t stride_b;
  // What will be read after this product comes to the second-level cache meanwhile: rows that follow a's, or so many bytes
  // from here on. Never more than an address: nothing is read there.
  const void *next;
  size_t next_bytes;
} mv_tile_product;

// b lies as the loops pack it for tiles; a anywhere.
void mv_multiply_tiles(const mv_tile_product *product, const void *a, const void *b, void *c);

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

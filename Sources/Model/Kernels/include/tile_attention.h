// Products of attention in bytes on AMX's tiles, whose sums never leave the first-level cache: what becomes of them is made
// for 32 rows times 32 columns at a time, while the next ones are multiplied.
#pragma once
#include "kernels.h"
#include "tiles.h"

// words[m,n] = scores of queries a[m,k] with keys b, as to_words makes them. (Of the product, `bytes`, `accumulate` and
// `stride_c` do not count here.)
void mv_score_on_tiles(const mv_tile_product *product, const void *queries, const void *keys, mv_key_words of_keys,
                       int16_t *words);

// What weights and values stand for, as byte_softmax says it: `part` numbers of a sum at a time (a multiple of 64) have
// factors of their own.
typedef struct {
  size_t part;
  const float *corrections, *factors, *steps;
} mv_mixing;

// x[m,n] = x[r,c] * corrections[r] + the sum over parts p of (weights a[m,part] times values b) * factors[p,r] * steps[c].
void mv_mix_on_tiles(const mv_tile_product *product, const void *weights, const void *values, mv_mixing mixing, float *x);

// What matrix products by vectors have in common. For products_avx2.h and products_avx512.h.
#pragma once
#include "products.h"
#include <stddef.h>
#include <stdint.h>

// The rows and columns of some sums, from a word on. 16 columns lie together; strides are in words, of rows, of such columns,
// and of runs of so many words, of which a row has one or more.
typedef struct {
  const uint32_t *a, *b;
  size_t stride_a, stride_b, stride_run, words, runs;
} product_operands;

// A product's words from one of a run on, at most so many.
static inline product_operands operands_from(const mv_product *p, const void *a, const void *b, size_t word,
                                             size_t words) {
  return (product_operands){
      .a = (const uint32_t *)a + word,
      .b = (const uint32_t *)b + word * mv_columns_together,
      .stride_a = p->stride_a / 4,
      .stride_b = p->stride_b / 4,
      .stride_run = p->stride_run / 4,
      .words = words,
      .runs = 1,
  };
}

// So many words in as few equal parts as `most` allows, in a multiple of 16.
static inline size_t words_at_a_time(size_t words, size_t most) {
  const size_t parts = (words + most - 1) / most;
  return parts < 2 ? words : ((words + parts - 1) / parts + 15) / 16 * 16;
}

// How many of the rows that are left are multiplied next: the last ones are shared out so that none are few.
static inline size_t next_rows(size_t left, size_t most) {
  return left >= 2 * most || left == most ? most : left > most ? (left + 1) / 2 : left;
}

// 16 rows of halves as columns of float32.
typedef void pack_rows(const char *rows, size_t stride, size_t k, int is_bf16, uint32_t *out);

// All of them, 16 at a time. `pack` is known when this is compiled, and so is the type for it.
static inline __attribute__((always_inline)) void pack_halves_by(pack_rows *pack, const void *rows, size_t stride, size_t n,
                                                                 size_t k, int is_bf16, float *b) {
  for (size_t row = 0; row < n; row += mv_columns_together) {
    const char *from = (const char *)rows + row * stride;
    uint32_t *out = (uint32_t *)b + row * k;
    if (is_bf16) pack(from, stride, k, 1, out);
    else pack(from, stride, k, 0, out);
  }
}

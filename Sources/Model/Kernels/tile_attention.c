#include "kernels.h"
#include "tiles.h"

#if defined(__x86_64__) && defined(__linux__)
// Every CPU that has tiles has these.
#pragma clang attribute push(                                                                                \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,amx-tile,amx-bf16,amx-int8"))), \
    apply_to = function)
#include "scores_avx512.h"
#include "tile_blocks.h"

enum { block_columns = mv_product_columns, block_rows = 2 * tile_rows };

// Sums of 32 rows times 32 columns, over a part of the numbers.
typedef struct {
  int32_t sums[block_rows * block_columns] __attribute__((aligned(64)));
  size_t row, rows, column, part;
} block;

// What becomes of a block is made while the next one is multiplied, so that there are two by turns; `last` is the one
// before.
typedef struct {
  block blocks[2];
  const block *last;
  fetcher fetcher;
} multiplication;

typedef void end_of_block(const void *end, const block *block);

// All columns of some rows; `together` is the length of a part, in tiles.
ALWAYS_INLINE void multiply_rows(const mv_product *p, size_t together, const char *a, const char *b, size_t row,
                                 int two, multiplication *m, end_of_block *end, const void *what) {
  const size_t rows = p->m - row < block_rows ? p->m - row : block_rows, steps = p->k / row_bytes;
  for (size_t column = 0; column < p->n; column += block_columns, b += 2 * p->stride_b)
    for (size_t first = 0, part = 0; first < steps; first += together, part++) {
      begin_with_zeros(two);
      for (size_t step = first; step < steps && step < first + together; step++) {
        fetch(&m->fetcher);
        const char *tiles = b + step * tile_size;
        ADD_PRODUCTS(_tile_dpbusd, a + step * row_bytes, p->stride_a, tiles, tiles + p->stride_b, two);
      }
      if (m->last) end(what, m->last);
      block *here = m->last == m->blocks ? m->blocks + 1 : m->blocks;
      store_sums((char *)here->sums, block_columns * sizeof(int32_t), two);
      here->row = row;
      here->rows = rows;
      here->column = column;
      here->part = part;
      m->last = here;
    }
}

ALWAYS_INLINE void multiply_in_blocks(const mv_product *p, size_t part, const void *a, const void *b,
                                      end_of_block *end, const void *what) {
  multiplication m;
  m.last = NULL;
  m.fetcher = fetcher_of(p, p->k / row_bytes, a);
  const size_t together = part / row_bytes;
  FOR_BLOCKS_OF_ROWS(p->m,
                     multiply_rows(p, together, (const char *)a + row * p->stride_a, b, row, two, &m, end, what));
  _tile_release();
  if (m.last) end(what, m.last);
}

typedef struct {
  mv_key_words keys;
  int16_t *words;
  size_t stride;
} end_of_scores;

ALWAYS_INLINE void end_scores(const void *what, const block *block) {
  const end_of_scores *end = what;
  const int32_t *zeros = end->keys.zeros + block->column;
  const __m512i both[2] = {_mm512_loadu_si512(zeros), _mm512_loadu_si512(zeros + 16)};
  const __m512i factors = _mm512_loadu_si512(end->keys.factors + block->column);
  const __m512i shift = _mm512_set1_epi32(end->keys.shift);
  int16_t *words = end->words + block->row * end->stride + block->column;
  for (size_t row = 0; row < block->rows; row++)
    _mm512_storeu_si512(words + row * end->stride, words_of(block->sums + row * block_columns, both, factors, shift));
}

void mv_score_on_tiles(const mv_product *product, const void *queries, const void *keys, mv_key_words of_keys,
                       int16_t *words) {
  const end_of_scores end = {of_keys, words, product->n};
  multiply_in_blocks(product, product->k, queries, keys, end_scores, &end);
}

typedef struct {
  mv_mixing mixing;
  float *x;
  size_t rows, columns;
} end_of_mixing;

ALWAYS_INLINE void end_mixing(const void *what, const block *block) {
  const end_of_mixing *end = what;
  const float *steps = end->mixing.steps + block->column, *factors = end->mixing.factors + block->part * end->rows;
  const __m512 both[2] = {_mm512_loadu_ps(steps), _mm512_loadu_ps(steps + 16)};
  for (size_t row = 0; row < block->rows; row++) {
    const int32_t *sums = block->sums + row * block_columns;
    float *x = end->x + (block->row + row) * end->columns + block->column;
    const __m512 correction = _mm512_set1_ps(block->part ? 1 : end->mixing.corrections[block->row + row]);
    const __m512 factor = _mm512_set1_ps(factors[block->row + row]);
    UNROLLED for (size_t k = 0; k < 2; k++) {
      const __m512 numbers = _mm512_cvtepi32_ps(_mm512_loadu_si512(sums + 16 * k));
      const __m512 before = _mm512_mul_ps(_mm512_loadu_ps(x + 16 * k), correction);
      _mm512_storeu_ps(x + 16 * k, _mm512_fmadd_ps(numbers, _mm512_mul_ps(factor, both[k]), before));
    }
  }
}

void mv_mix_on_tiles(const mv_product *product, const void *weights, const void *values, mv_mixing mixing, float *x) {
  const end_of_mixing end = {mixing, x, product->m, product->n};
  multiply_in_blocks(product, mixing.part, weights, values, end_mixing, &end);
}
#pragma clang attribute pop
#else
void mv_score_on_tiles(const mv_product *product, const void *queries, const void *keys, mv_key_words of_keys,
                       int16_t *words) {
  (void)product, (void)queries, (void)keys, (void)of_keys, (void)words;
  __builtin_trap();
}
void mv_mix_on_tiles(const mv_product *product, const void *weights, const void *values, mv_mixing mixing, float *x) {
  (void)product, (void)weights, (void)values, (void)mixing, (void)x;
  __builtin_trap();
}
#endif

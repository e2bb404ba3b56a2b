// Matrix products with AVX2, of float32 and of bytes. Included by loops.h, after word_loops.h.
//
// As in Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication": sums of 6 rows times 16 columns stay in
// registers for some numbers of a sum, of which 16 columns stay in the first-level cache while all rows go by. Rows are read
// where they lie: from each, one word at a time goes to all lanes.
//
// Without VNNI, products of bytes are summed in pairs in 16 bits, which hold 255 * 128: so much the sizes of two signed bytes
// may add up to. Four products take the time of two of float32. (Products of 16-bit words take a third longer; signed bytes
// on both sides, whose signs go from one to the other first, twice as long.)
#include "product_rows.h"
#include "vectors_avx2.h"

enum { ROWS_AT_A_TIME = 6, COLUMNS_AT_A_TIME = 16, WORDS_AT_A_TIME = 256 };

ALWAYS_INLINE void float_sums(product_operands o, size_t rows, int accumulate, float *c, size_t stride_c) {
  __m256 sums[ROWS_AT_A_TIME][2];
  UNROLLED for (size_t r = 0; r < rows; r++)
    UNROLLED for (int v = 0; v < 2; v++)
      sums[r][v] = accumulate ? _mm256_loadu_ps(c + r * stride_c + 8 * v) : _mm256_setzero_ps();
  const float *upper = (const float *)o.a, *lower = upper + 3 * o.stride_a, *b = (const float *)o.b;
  for (size_t word = 0; word < o.words; word++, b += COLUMNS_AT_A_TIME) {
    const __m256 columns[2] = {_mm256_loadu_ps(b), _mm256_loadu_ps(b + 8)};
    UNROLLED for (size_t r = 0; r < rows; r++) {
      const __m256 x = _mm256_broadcast_ss((r < 3 ? upper + r * o.stride_a : lower + (r - 3) * o.stride_a) + word);
      UNROLLED for (int v = 0; v < 2; v++) sums[r][v] = _mm256_fmadd_ps(x, columns[v], sums[r][v]);
    }
  }
  UNROLLED for (size_t r = 0; r < rows; r++)
    UNROLLED for (int v = 0; v < 2; v++) _mm256_storeu_ps(c + r * stride_c + 8 * v, sums[r][v]);
}

ALWAYS_INLINE void byte_sums(product_operands o, size_t rows, int accumulate, int32_t *c, size_t stride_c) {
  __m256i sums[ROWS_AT_A_TIME][2];
  UNROLLED for (size_t r = 0; r < rows; r++)
    UNROLLED for (int v = 0; v < 2; v++)
      sums[r][v] = accumulate ? integers_at(c + r * stride_c + 8 * v) : _mm256_setzero_si256();
  const __m256i ones = _mm256_set1_epi16(1);
  const int32_t *upper = (const int32_t *)o.a, *lower = upper + 3 * o.stride_a, *b = (const int32_t *)o.b;
  for (size_t word = 0; word < o.words; word++, b += COLUMNS_AT_A_TIME) {
    const __m256i columns[2] = {integers_at(b), integers_at(b + 8)};
    UNROLLED for (size_t r = 0; r < rows; r++) {
      const __m256i x = _mm256_set1_epi32((r < 3 ? upper + r * o.stride_a : lower + (r - 3) * o.stride_a)[word]);
      UNROLLED for (int v = 0; v < 2; v++) {
        const __m256i pairs = _mm256_maddubs_epi16(x, columns[v]);
        sums[r][v] = _mm256_add_epi32(sums[r][v], _mm256_madd_epi16(pairs, ones));
      }
    }
  }
  UNROLLED for (size_t r = 0; r < rows; r++)
    UNROLLED for (int v = 0; v < 2; v++) _mm256_storeu_si256((void *)(c + r * stride_c + 8 * v), sums[r][v]);
}

#define SOME_ROWS(sums, type)                                                                                         \
  static void MV_PASTE(some_rows_of_, sums)(product_operands o, size_t rows, int accumulate, type *c,                 \
                                            size_t stride_c) {                                                        \
    switch (rows) {                                                                                                   \
    case 1: return sums(o, 1, accumulate, c, stride_c);                                                               \
    case 2: return sums(o, 2, accumulate, c, stride_c);                                                               \
    case 3: return sums(o, 3, accumulate, c, stride_c);                                                               \
    case 4: return sums(o, 4, accumulate, c, stride_c);                                                               \
    case 5: return sums(o, 5, accumulate, c, stride_c);                                                               \
    default: return sums(o, ROWS_AT_A_TIME, accumulate, c, stride_c);                                                 \
    }                                                                                                                 \
  }                                                                                                                   \
  /* 16 columns of all rows. */                                                                                       \
  static void MV_PASTE(all_rows_of_, sums)(product_operands o, size_t rows, int accumulate, type *c, size_t stride_c) \
  {                                                                                                                   \
    for (size_t some; rows > 0; rows -= some, o.a += some * o.stride_a, c += some * stride_c) {                       \
      some = next_rows(rows, ROWS_AT_A_TIME);                                                                         \
      if (some < ROWS_AT_A_TIME) MV_PASTE(some_rows_of_, sums)(o, some, accumulate, c, stride_c);                     \
      else if (accumulate) sums(o, ROWS_AT_A_TIME, 1, c, stride_c);                                                   \
      else sums(o, ROWS_AT_A_TIME, 0, c, stride_c);                                                                   \
    }                                                                                                                 \
  }

SOME_ROWS(float_sums, float)
SOME_ROWS(byte_sums, int32_t)

// One run of the rows' words.
static void multiply_run(const mv_product *p, const void *a, const void *b, void *c, size_t words, int accumulates) {
  const size_t stride_c = p->stride_c / 4, most = words_at_a_time(words, WORDS_AT_A_TIME);
  for (size_t word = 0; word < words; word += most) {
    const size_t some = words - word < most ? words - word : most;
    const int accumulate = accumulates || word > 0;
    for (size_t column = 0; column < p->n; column += COLUMNS_AT_A_TIME) {
      const char *columns = (const char *)b + column / COLUMNS_AT_A_TIME * p->stride_b;
      const product_operands o = operands_from(p, a, columns, word, some);
      if (p->bytes) all_rows_of_byte_sums(o, p->m, accumulate, (int32_t *)c + column, stride_c);
      else all_rows_of_float_sums(o, p->m, accumulate, (float *)c + column, stride_c);
    }
  }
}

static void multiply_avx2(const mv_product *p, const void *a, const void *b, void *c) {
  const size_t words = (p->bytes ? p->k / 4 : p->k) / p->runs;
  for (size_t run = 0; run < p->runs; run++)
    multiply_run(p, (const char *)a + run * p->stride_run, (const uint32_t *)b + run * words * mv_columns_together, c,
                 words, p->accumulate || run > 0);
}

// 8 halves as words of float32.
ALWAYS_INLINE __m256i wide_halves(const char *x, int is_bf16) {
  const __m128i halves = _mm_loadu_si128((const void *)x);
  if (is_bf16) return _mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16);
  return _mm256_castps_si256(_mm256_cvtph_ps(halves));
}

ALWAYS_INLINE void pack_rows_of_halves(const char *rows, size_t stride, size_t k, int is_bf16, uint32_t *out) {
  for (size_t i = 0; i < k; i += 8, rows += 2 * 8, out += 8 * COLUMNS_AT_A_TIME) {
    UNROLLED for (size_t row = 0; row < COLUMNS_AT_A_TIME; row += 8) {
      __m256i words[8];
      UNROLLED for (size_t r = 0; r < 8; r++) words[r] = wide_halves(rows + (row + r) * stride, is_bf16);
      columns_of(words, COLUMNS_AT_A_TIME, out + row);
    }
  }
}

static void pack_halves_avx2(const void *rows, size_t stride, size_t n, size_t k, int is_bf16, float *b) {
  pack_halves_by(pack_rows_of_halves, rows, stride, n, k, is_bf16, b);
}

// Sums of some rows times 32 columns in the first-level cache, which become something else there.
enum { ROWS_OF_BLOCK = 8 * ROWS_AT_A_TIME, COLUMNS_OF_BLOCK = 2 * COLUMNS_AT_A_TIME };

typedef struct {
  int32_t sums[ROWS_OF_BLOCK * COLUMNS_OF_BLOCK] __attribute__((aligned(64)));
} block_avx2;

// Of the words from one on, of so many rows and 32 columns.
static void fill_block(block_avx2 *block, const mv_product *p, const char *a, const char *b, size_t rows, size_t word,
                       size_t words) {
  for (size_t half = 0; half < 2; half++)
    all_rows_of_byte_sums(operands_from(p, a, b + half * p->stride_b, word, words), rows, 0,
                          block->sums + half * COLUMNS_AT_A_TIME, COLUMNS_OF_BLOCK);
}

static inline size_t rows_of_block(size_t m, size_t row) { return m - row < ROWS_OF_BLOCK ? m - row : ROWS_OF_BLOCK; }

static void score_avx2(const mv_product *p, const void *queries, const void *keys, mv_key_words of_keys,
                       int16_t *words) {
  block_avx2 block;
  for (size_t column = 0; column < p->n; column += COLUMNS_OF_BLOCK) {
    const char *b = (const char *)keys + column / COLUMNS_AT_A_TIME * p->stride_b;
    const mv_key_words some = {of_keys.zeros + column, of_keys.factors + column, of_keys.shift};
    for (size_t row = 0; row < p->m; row += ROWS_OF_BLOCK) {
      const size_t rows = rows_of_block(p->m, row);
      fill_block(&block, p, (const char *)queries + row * p->stride_a, b, rows, 0, p->k / 4);
      for (size_t r = 0; r < rows; r++)
        row_to_words(block.sums + r * COLUMNS_OF_BLOCK, COLUMNS_OF_BLOCK, &some, words + (row + r) * p->n + column);
    }
  }
}

static void mix_avx2(const mv_product *p, const void *weights, const void *values, mv_mixing mixing, float *x) {
  block_avx2 block;
  for (size_t column = 0; column < p->n; column += COLUMNS_OF_BLOCK) {
    const char *b = (const char *)values + column / COLUMNS_AT_A_TIME * p->stride_b;
    for (size_t first = 0, part = 0; first < p->k; first += mixing.part, part++) {
      const size_t count = p->k - first < mixing.part ? p->k - first : mixing.part;
      const float *factors = mixing.factors + part * p->m;
      for (size_t row = 0; row < p->m; row += ROWS_OF_BLOCK) {
        const size_t rows = rows_of_block(p->m, row);
        fill_block(&block, p, (const char *)weights + row * p->stride_a, b, rows, first / 4, count / 4);
        for (size_t r = 0; r < rows; r++)
          add_row_from_bytes(x + (row + r) * p->n + column, COLUMNS_OF_BLOCK, part ? 1 : mixing.corrections[row + r],
                             block.sums + r * COLUMNS_OF_BLOCK, factors[row + r], mixing.steps + column);
      }
    }
  }
}

static const mv_products products_avx2 = {
    .is_bf16 = 0, .largest_pair = 128, .columns = COLUMNS_AT_A_TIME, .multiply = multiply_avx2,
    .pack_halves = pack_halves_avx2, .score = score_avx2, .mix = mix_avx2};

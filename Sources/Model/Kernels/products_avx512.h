// Matrix products with AVX-512, of float32, of bytes, and of bfloat16 where there are instructions for it. Included by
// loops.h, after word_loops.h.
//
// As in products_avx2.h, but with 14 rows times 32 columns in registers. Without VNNI, pairs of products of bytes are summed
// in 16 bits here, too.
#include "product_rows.h"
#include "scores_avx512.h"

enum { ROWS_AT_A_TIME = 14, VECTORS_AT_A_TIME = 2, COLUMNS_AT_A_TIME = 32, WORDS_AT_A_TIME = 512 };

// What a word is: one number, two or four.
typedef enum { FLOATS, HALVES, BYTES } words_kind;

ALWAYS_INLINE __m512i plus_products(__m512i sums, __m512i a, __m512i b, words_kind kind) {
  if (kind == FLOATS) return (__m512i)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)sums);
#ifdef MV_AVX512BF16
  if (kind == HALVES) return (__m512i)_mm512_dpbf16_ps((__m512)sums, (__m512bh)a, (__m512bh)b);
#endif
#ifdef MV_VNNI
  return _mm512_dpbusd_epi32(sums, a, b);
#else
  const __m512i pairs = _mm512_maddubs_epi16(a, b);
  return _mm512_add_epi32(sums, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
#endif
}

// Lines that are read soon, one for each word of a sum: of 16 places after the other, and again `step` words on.
typedef struct {
  const uint32_t *first;
  size_t between, step;
} lines_ahead;

// To the second-level cache: from the third they come too late.
ALWAYS_INLINE void fetch(const lines_ahead *lines, size_t word) {
  __builtin_prefetch(lines->first + (word & 15) * lines->between + (word & ~(size_t)15) / 16 * lines->step, 0, 2);
}

// Sums of so many rows and of 16 columns or 32. Known when this is compiled: all but the operands, and whether anything is
// fetched.
ALWAYS_INLINE void add_products(product_operands o, size_t rows, size_t vectors, words_kind kind,
                                const lines_ahead *ahead, __m512i sums[ROWS_AT_A_TIME][VECTORS_AT_A_TIME]) {
  for (size_t run = 0; run < o.runs; run++, o.a += o.stride_run, o.b += o.words * mv_columns_together) {
    const uint32_t *first = o.a, *beside = o.b + o.stride_b;
    for (size_t word = 0; word < o.words; word++, first++) {
      __m512i columns[VECTORS_AT_A_TIME];
      columns[0] = _mm512_loadu_si512(o.b + word * mv_columns_together);
      if (vectors > 1) columns[1] = _mm512_loadu_si512(beside + word * mv_columns_together);
      if (ahead) fetch(ahead, word);
      UNROLLED for (size_t r = 0; r < rows; r++) {
        const __m512i a = _mm512_set1_epi32((int32_t)first[r * o.stride_a]);
        UNROLLED for (size_t v = 0; v < vectors; v++) sums[r][v] = plus_products(sums[r][v], a, columns[v], kind);
      }
    }
  }
}

#define SUMS __m512i sums[ROWS_AT_A_TIME][VECTORS_AT_A_TIME]
#define FOR_SUMS                             \
  UNROLLED for (size_t r = 0; r < rows; r++) \
    UNROLLED for (size_t v = 0; v < vectors; v++)

ALWAYS_INLINE void sums_of(product_operands o, size_t rows, size_t vectors, words_kind kind, int accumulate,
                           const lines_ahead *ahead, uint32_t *c, size_t stride_c) {
  SUMS;
  FOR_SUMS sums[r][v] = accumulate ? _mm512_loadu_si512(c + r * stride_c + 16 * v) : _mm512_setzero_si512();
  add_products(o, rows, vectors, kind, ahead, sums);
  FOR_SUMS _mm512_storeu_si512(c + r * stride_c + 16 * v, sums[r][v]);
}

// `call` for a number of rows that is known when it is compiled.
#define WITH_ROWS(count, call)                                                                                   \
  switch (count) {                                                                                               \
    ROWS_CASE(1, call) ROWS_CASE(2, call) ROWS_CASE(3, call) ROWS_CASE(4, call) ROWS_CASE(5, call)                \
    ROWS_CASE(6, call) ROWS_CASE(7, call) ROWS_CASE(8, call) ROWS_CASE(9, call) ROWS_CASE(10, call)               \
    ROWS_CASE(11, call) ROWS_CASE(12, call) ROWS_CASE(13, call) ROWS_CASE(14, call)                               \
  }
#define ROWS_CASE(count, call)  \
  case count: {                 \
    enum { rows = count };      \
    call;                       \
  } break;

// Rows so many words apart fall on the same lines of the first-level cache, which holds eight of them.
enum { WORDS_TO_SAME_LINE = 1024 };

static inline size_t most_rows(size_t stride) {
  return stride % WORDS_TO_SAME_LINE == 0 ? ROWS_AT_A_TIME / 2 : ROWS_AT_A_TIME;
}

// All rows for 16 columns or 32.
typedef struct {
  size_t m, vectors;
  int accumulate;
  // Rows are read for the first time.
  int rows_are_new;
  // What is read next: `next_count` times as many lines as there are words, so far apart.
  const uint32_t *next;
  size_t next_count, next_stride;
  uint32_t *c;
  size_t stride_c;
} rows_pass;

// What to fetch during the sums of some rows, after so many others; 0 if nothing.
static inline int is_ahead(const product_operands *o, const rows_pass *p, size_t some, size_t done, lines_ahead *lines) {
  if (p->rows_are_new && p->m > some) {
    *lines = (lines_ahead){o->a + some * o->stride_a, o->stride_a, 16};
    return 1;
  }
  if (done >= p->next_count) return 0;
  *lines = (lines_ahead){p->next + done * p->next_stride, 16, 256};
  return 1;
}

#define DEFINE_ROWS(name, kind)                                                                             \
  static void name(product_operands o, rows_pass p) {                                                       \
    const size_t most = most_rows(o.stride_a);                                                              \
    lines_ahead lines;                                                                                      \
    for (size_t some, done = 0; p.m > 0; p.m -= some, o.a += some * o.stride_a, p.c += some * p.stride_c) { \
      some = next_rows(p.m, most);                                                                          \
      if (p.vectors == 1) WITH_ROWS(some, sums_of(o, rows, 1, kind, p.accumulate, NULL, p.c, p.stride_c))   \
      else if (some == ROWS_AT_A_TIME && is_ahead(&o, &p, some, done++, &lines))                            \
        sums_of(o, ROWS_AT_A_TIME, 2, kind, p.accumulate, &lines, p.c, p.stride_c);                         \
      else if (p.accumulate) WITH_ROWS(some, sums_of(o, rows, 2, kind, 1, NULL, p.c, p.stride_c))           \
      else WITH_ROWS(some, sums_of(o, rows, 2, kind, 0, NULL, p.c, p.stride_c))                             \
    }                                                                                                       \
  }

DEFINE_ROWS(all_rows_of_floats, FLOATS)
DEFINE_ROWS(all_rows_of_bytes, BYTES)
#ifdef MV_AVX512BF16
DEFINE_ROWS(all_rows_of_halves, HALVES)
#endif

typedef void all_rows(product_operands o, rows_pass pass);

// The columns from one on, and what follows them: the next ones, or what the caller reads next.
static inline rows_pass pass_of(const mv_product *p, const product_operands *o, size_t column) {
  const size_t left = p->n - column;
  rows_pass pass = {.m = p->m, .vectors = left < COLUMNS_AT_A_TIME ? 1 : VECTORS_AT_A_TIME};
  // Of a convolution, whose rows overlap, little is new.
  if (p->runs > 1) return pass;
  pass.rows_are_new = column == 0;
  if (left > COLUMNS_AT_A_TIME) {
    pass.next = o->b + VECTORS_AT_A_TIME * o->stride_b;
    pass.next_stride = o->stride_b;
    pass.next_count = VECTORS_AT_A_TIME;
  } else {
    pass.next = p->next;
    pass.next_stride = o->words * mv_columns_together;
    pass.next_count = p->next_bytes / 4 / pass.next_stride;
  }
  return pass;
}

ALWAYS_INLINE void multiply_in_vectors(const mv_product *p, const void *a, const void *b, uint32_t *c, size_t words,
                                       all_rows *rows) {
  const size_t most = p->runs > 1 ? words / p->runs : words_at_a_time(words, WORDS_AT_A_TIME);
  for (size_t word = 0; word < words; word += most * p->runs) {
    product_operands o = operands_from(p, a, b, word, words - word < most ? words - word : most);
    o.runs = p->runs;
    for (size_t column = 0; column < p->n; column += COLUMNS_AT_A_TIME, o.b += VECTORS_AT_A_TIME * o.stride_b) {
      rows_pass pass = pass_of(p, &o, column);
      pass.accumulate = p->accumulate || word > 0;
      pass.c = c + column;
      pass.stride_c = p->stride_c / 4;
      rows(o, pass);
    }
  }
}

static void multiply_floats_avx512(const mv_product *p, const void *a, const void *b, void *c) {
  if (p->bytes) multiply_in_vectors(p, a, b, c, p->k / 4, all_rows_of_bytes);
  else multiply_in_vectors(p, a, b, c, p->k, all_rows_of_floats);
}

#ifdef MV_AVX512BF16
static void multiply_halves_avx512(const mv_product *p, const void *a, const void *b, void *c) {
  if (p->bytes) multiply_in_vectors(p, a, b, c, p->k / 4, all_rows_of_bytes);
  else multiply_in_vectors(p, a, b, c, p->k / 2, all_rows_of_halves);
}
#endif

// 16 halves as words of float32.
ALWAYS_INLINE __m512i wide_halves(const char *x, int is_bf16) {
  const __m256i halves = _mm256_loadu_si256((const void *)x);
  if (is_bf16) return _mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16);
  return _mm512_castps_si512(_mm512_cvtph_ps(halves));
}

ALWAYS_INLINE void pack_rows_of_halves(const char *rows, size_t stride, size_t k, int is_bf16, uint32_t *out) {
  for (size_t i = 0; i < k; i += 16, rows += 2 * 16, out += 16 * mv_columns_together) {
    __m512i words[16];
    UNROLLED for (size_t r = 0; r < 16; r++) words[r] = wide_halves(rows + r * stride, is_bf16);
    columns_of(words, mv_columns_together, out);
  }
}

static void pack_halves_avx512(const void *rows, size_t stride, size_t n, size_t k, int is_bf16, float *b) {
  pack_halves_by(pack_rows_of_halves, rows, stride, n, k, is_bf16, b);
}

// What becomes of scores with 32 keys while they are in registers.
typedef struct {
  __m512i zeros[2], factors, shift;
  size_t stride;
} words_end;

ALWAYS_INLINE void words_of_rows(product_operands o, size_t rows, const words_end *end, const lines_ahead *ahead,
                                 int16_t *words) {
  enum { vectors = VECTORS_AT_A_TIME };
  SUMS;
  FOR_SUMS sums[r][v] = _mm512_setzero_si512();
  add_products(o, rows, vectors, BYTES, ahead, sums);
  UNROLLED for (size_t r = 0; r < rows; r++)
    _mm512_storeu_si512(words + r * end->stride, words_of_sums(sums[r], end->zeros, end->factors, end->shift));
}

static void score_avx512(const mv_product *p, const void *queries, const void *keys, mv_key_words of_keys,
                         int16_t *words) {
  product_operands o = operands_from(p, queries, keys, 0, p->k / 4);
  words_end end = {.shift = _mm512_set1_epi32(of_keys.shift), .stride = p->n};
  for (size_t column = 0; column < p->n; column += COLUMNS_AT_A_TIME, o.b += VECTORS_AT_A_TIME * o.stride_b) {
    UNROLLED for (size_t v = 0; v < VECTORS_AT_A_TIME; v++)
      end.zeros[v] = _mm512_loadu_si512(of_keys.zeros + column + 16 * v);
    end.factors = _mm512_loadu_si512(of_keys.factors + column);
    int16_t *to = words + column;
    o.a = queries;
    rows_pass pass = pass_of(p, &o, column);
    lines_ahead lines;
    for (size_t some, done = 0; pass.m > 0; pass.m -= some, o.a += some * o.stride_a, to += some * end.stride, done++) {
      some = next_rows(pass.m, ROWS_AT_A_TIME);
      if (some == ROWS_AT_A_TIME && is_ahead(&o, &pass, some, done, &lines))
        words_of_rows(o, ROWS_AT_A_TIME, &end, &lines, to);
      else WITH_ROWS(some, words_of_rows(o, rows, &end, NULL, to))
    }
  }
}

// What becomes of weights times values in 32 columns.
typedef struct {
  __m512 steps[2];
  size_t stride;
} mixing_end;

ALWAYS_INLINE void mixed_rows(product_operands o, size_t rows, const mixing_end *end, const lines_ahead *ahead,
                              const float *corrections, const float *factors, float *x) {
  enum { vectors = VECTORS_AT_A_TIME };
  SUMS;
  FOR_SUMS sums[r][v] = _mm512_setzero_si512();
  add_products(o, rows, vectors, BYTES, ahead, sums);
  UNROLLED for (size_t r = 0; r < rows; r++) {
    const __m512 factor = _mm512_set1_ps(factors[r]);
    UNROLLED for (size_t v = 0; v < vectors; v++) {
      float *to = x + r * end->stride + 16 * v;
      __m512 before = _mm512_loadu_ps(to);
      if (corrections) before = _mm512_mul_ps(before, _mm512_set1_ps(corrections[r]));
      const __m512 numbers = _mm512_cvtepi32_ps(sums[r][v]);
      _mm512_storeu_ps(to, _mm512_fmadd_ps(numbers, _mm512_mul_ps(factor, end->steps[v]), before));
    }
  }
}

// Of a part of the numbers; `corrections` is NULL for all parts but the first.
static void mix_part(product_operands o, rows_pass pass, const mixing_end *end, const float *corrections,
                     const float *factors, float *x) {
  lines_ahead lines;
  for (size_t some, done = 0; pass.m > 0; pass.m -= some, o.a += some * o.stride_a, done++) {
    some = next_rows(pass.m, ROWS_AT_A_TIME);
    if (some == ROWS_AT_A_TIME && is_ahead(&o, &pass, some, done, &lines))
      mixed_rows(o, ROWS_AT_A_TIME, end, &lines, corrections, factors, x);
    else if (corrections) WITH_ROWS(some, mixed_rows(o, rows, end, NULL, corrections, factors, x))
    else WITH_ROWS(some, mixed_rows(o, rows, end, NULL, NULL, factors, x))
    if (corrections) corrections += some;
    factors += some;
    x += some * end->stride;
  }
}

static void mix_avx512(const mv_product *p, const void *weights, const void *values, mv_mixing mixing, float *x) {
  for (size_t first = 0, part = 0; first < p->k; first += mixing.part, part++) {
    const size_t count = p->k - first < mixing.part ? p->k - first : mixing.part;
    product_operands o = operands_from(p, weights, values, first / 4, count / 4);
    for (size_t column = 0; column < p->n; column += COLUMNS_AT_A_TIME, o.b += VECTORS_AT_A_TIME * o.stride_b) {
      mixing_end end = {.stride = p->n};
      UNROLLED for (size_t v = 0; v < VECTORS_AT_A_TIME; v++)
        end.steps[v] = _mm512_loadu_ps(mixing.steps + column + 16 * v);
      mix_part(o, pass_of(p, &o, column), &end, part ? NULL : mixing.corrections, mixing.factors + part * p->m, x + column);
    }
  }
}

#ifdef MV_VNNI
enum { LARGEST_PAIR = MV_ANY_BYTES };
#else
enum { LARGEST_PAIR = 128 };
#endif

static const mv_products products_avx512 = {
    .is_bf16 = 0, .largest_pair = LARGEST_PAIR, .columns = mv_columns_together, .multiply = multiply_floats_avx512,
    .pack_halves = pack_halves_avx512, .score = score_avx512, .mix = mix_avx512};
#ifdef MV_AVX512BF16
static const mv_products half_products_avx512 = {
    .is_bf16 = 1, .largest_pair = LARGEST_PAIR, .columns = mv_columns_together, .multiply = multiply_halves_avx512,
    .pack_halves = NULL, .score = score_avx512, .mix = mix_avx512};
#endif

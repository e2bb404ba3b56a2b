// Matrix products by loops of our own, for processors on which they are faster than the library's: what they are given, and
// what becomes of their sums in attention to keys in bytes.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Multiples of these are multiplied: columns (or fewer, if a processor's loops say so), and bytes of a sum's numbers. So many
// columns lie together.
enum { mv_product_columns = 32, mv_product_bytes = 64, mv_columns_together = 16 };

// c[m,n] (float32, or 32-bit integers of bytes) = or += a[m,k] b, where b lies as pack_words packs it. Strides are distances
// of two rows in bytes.
typedef struct {
  size_t m, n, k;
  // Unsigned times signed bytes, not what these loops multiply else.
  int bytes;
  int accumulate;
  // The numbers of a row of a lie in so many runs of the same length, which begin so many bytes apart (tiles know only one).
  size_t runs, stride_run;
  size_t stride_a, stride_c;
  // From 16 columns of b to the next 16, in bytes: those of k numbers, or of more of which these are a part.
  size_t stride_b;
  // What will be read after this product comes to the second-level cache meanwhile: rows that follow a's, or so many bytes
  // from here on. Never more than an address: nothing is read there.
  const void *next;
  size_t next_bytes;
} mv_product;

// How scores of keys become 16-bit words in which a step is the same for all of them:
// ((score - zeros[c]) >> shift) * factors[c] / 2^15, rounded, and the nearest word if it is none.
typedef struct {
  // What the queries' zero adds to the scores of a key; for keys that are not there, more than any score.
  const int32_t *zeros;
  // In the order of mv_word_of_key.
  const int16_t *factors;
  int32_t shift;
} mv_key_words;

// Where the word of a key is: of each 32, four by turns from the first and from the second half, as vectors are packed.
static inline size_t mv_word_of_key(size_t key) {
  return (key & ~(size_t)31) | (key & 12) << 1 | (key & 16) >> 2 | (key & 3);
}

// What weights and values stand for, as byte_softmax says it: `part` numbers of a sum at a time (a multiple of 64) have
// factors of their own.
typedef struct {
  size_t part;
  const float *corrections, *factors, *steps;
} mv_mixing;

enum { MV_ANY_BYTES = 2 * 127 };

typedef struct mv_products {
  // What is multiplied beside bytes: bfloat16 or float32.
  int is_bf16;
  // What the sizes of two signed bytes, neighbours in a sum, may add up to, so that their products with unsigned ones never
  // overflow on the way: MV_ANY_BYTES if all may be the largest.
  int largest_pair;
  // Multiples of so many columns are multiplied, if not of bytes.
  size_t columns;
  void (*multiply)(const mv_product *product, const void *a, const void *b, void *c);
  // Brings rows of bfloat16 or float16 [n, k], which may begin anywhere, to b's order as float32: n and k are multiples of 16,
  // `stride` is the distance of two rows in bytes. NULL where float32 is not multiplied.
  void (*pack_halves)(const void *rows, size_t stride, size_t n, size_t k, int is_bf16, float *b);
  // words[m,n] = scores of queries a[m,k] with keys b, as to_words makes them of sums that never leave the first-level cache.
  // (Of the product, `bytes`, `accumulate` and `stride_c` do not count here.)
  void (*score)(const mv_product *product, const void *queries, const void *keys, mv_key_words of_keys, int16_t *words);
  // x[m,n] = x[r,c] * corrections[r] + the sum over parts p of (weights a[m,part] times values b) * factors[p,r] * steps[c].
  // (Neither do they here.)
  void (*mix)(const mv_product *product, const void *weights, const void *values, mv_mixing mixing, float *x);
} mv_products;

#include "tiles.h"

#if defined(__x86_64__) && defined(__linux__)
#include "tile_blocks.h"
#include <sys/syscall.h>
#include <unistd.h>

static int ask_for_tiles(void) {
  // ARCH_REQ_XCOMP_PERM for the state component of tiles' data: Linux makes room for it only where it was asked for.
  enum { ask_for_permission = 0x1023, tile_data = 18 };
  return __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-bf16") &&
         __builtin_cpu_supports("amx-int8") && syscall(SYS_arch_prctl, ask_for_permission, tile_data) == 0;
}

int mv_has_tiles(void) {
  static int known = -1;
  int has = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (has < 0) __atomic_store_n(&known, has = ask_for_tiles(), __ATOMIC_RELAXED);
  return has;
}

// Up to 32 rows times all columns.
#define DEFINE_ROWS(name, dot_product)                                                                       \
  INLINE_WITH_TILES void name(const mv_product *p, size_t steps, const char *a, const char *b, char *c,      \
                              int two, fetcher *fetcher) {                                                   \
    for (size_t column = 0; column < p->n; column += mv_product_columns) {                                   \
      const char *beside = b + p->stride_b;                                                                  \
      if (p->accumulate) begin_with(c, p->stride_c, two);                                                    \
      else begin_with_zeros(two);                                                                            \
      for (size_t step = 0; step < steps; step++) {                                                          \
        fetch(fetcher);                                                                                      \
        ADD_PRODUCTS(dot_product, a + step * row_bytes, p->stride_a, b + step * tile_size,                   \
                     beside + step * tile_size, two);                                                        \
      }                                                                                                      \
      store_sums(c, p->stride_c, two);                                                                       \
      b += 2 * p->stride_b;                                                                                  \
      c += 2 * row_bytes;                                                                                    \
    }                                                                                                        \
  }

DEFINE_ROWS(multiply_halves, _tile_dpbf16ps)
DEFINE_ROWS(multiply_bytes, _tile_dpbusd)

WITH_TILES void mv_multiply_tiles(const mv_product *p, const void *a, const void *b, void *c) {
  const size_t steps = p->k * (p->bytes ? 1 : 2) / row_bytes;
  fetcher fetcher = fetcher_of(p, steps, a);
  FOR_BLOCKS_OF_ROWS(p->m, {
    const char *rows = (const char *)a + row * p->stride_a;
    char *sums = (char *)c + row * p->stride_c;
    if (p->bytes) multiply_bytes(p, steps, rows, b, sums, two, &fetcher);
    else multiply_halves(p, steps, rows, b, sums, two, &fetcher);
  });
  // The system saves tiles in use whenever the thread stops.
  _tile_release();
}

// Some outputs of a block of pixels. The shifts of a row of pixels follow each other: they read the same lines.
INLINE_WITH_TILES void convolve_block(const mv_tile_convolution *p, size_t pixel, size_t output, float *sums, int two) {
  const size_t steps = p->inputs / 32, stride = p->inputs * 2;
  const size_t weights = p->rows_of_kernel * p->shifts * steps * tile_size;
  char *c = (char *)(sums + output) + pixel * p->stride_c;
  if (p->bias) begin_with((const char *)(p->bias + output), 0, two);
  else if (p->accumulate) begin_with(c, p->stride_c, two);
  else begin_with_zeros(two);
  for (size_t source = 0; source < p->count; source++) {
    const char *a = (const char *)p->pixels[source] + pixel * stride;
    const char *b = (const char *)p->weights[source] + output / tile_rows * weights;
    for (size_t step = 0; step < steps; step++, a += row_bytes)
      for (size_t shift = 0; shift < p->shifts; shift++, b += tile_size)
        ADD_PRODUCTS(_tile_dpbf16ps, a + shift * stride, stride, b, b + weights, two);
  }
  store_sums(c, p->stride_c, two);
}

WITH_TILES void mv_convolve_tiles(const mv_tile_convolution *p, float *sums) {
  const size_t outputs = p->weights_stay ? p->outputs : mv_product_columns;
  for (size_t first = 0; first < p->outputs; first += outputs)
    FOR_BLOCKS_OF_ROWS(p->m, {
      for (size_t output = first; output < first + outputs; output += mv_product_columns)
        convolve_block(p, row, output, sums, two);
    });
  _tile_release();
}
#else
int mv_has_tiles(void) { return 0; }
void mv_multiply_tiles(const mv_product *p, const void *a, const void *b, void *c) {
  (void)p, (void)a, (void)b, (void)c;
  __builtin_trap();
}
void mv_convolve_tiles(const mv_tile_convolution *p, float *sums) {
  (void)p, (void)sums;
  __builtin_trap();
}
#endif

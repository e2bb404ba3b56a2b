// What products and convolutions on AMX's tiles have in common: sums of 32 rows times 32 columns in tiles 0 to 3.
#pragma once
#include "tiles.h"
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WITH_TILES __attribute__((target("amx-tile,amx-bf16,amx-int8")))
#define INLINE_WITH_TILES static inline __attribute__((always_inline)) WITH_TILES

enum { tile_rows = 16, row_bytes = 64, tile_size = tile_rows * row_bytes };

// What LDTILECFG reads.
typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} tile_shapes;

// Sums are tiles 0 and 1 (of the rows of tile 4), 2 and 3 (of those of tile 5); 6 and 7 are the columns'.
INLINE_WITH_TILES void shape_tiles(size_t upper, size_t lower) {
  tile_shapes shapes;
  memset(&shapes, 0, sizeof shapes);
  shapes.palette = 1;
  const size_t rows[8] = {upper, upper, lower, lower, upper, lower, tile_rows, tile_rows};
  for (int tile = 0; tile < 8; tile++) {
    shapes.rows[tile] = (uint8_t)rows[tile];
    shapes.row_bytes[tile] = rows[tile] ? row_bytes : 0;
  }
  // The intrinsic does not say that it reads all of it.
  __asm__ volatile("" : : "r"(&shapes) : "memory");
  _tile_loadconfig(&shapes);
}

// Up to 32 rows at a time of `count`; of fewer than 32, shapes are set for what there is. `two`: more than 16.
#define FOR_BLOCKS_OF_ROWS(count, body)                       \
  {                                                           \
    size_t row = 0;                                           \
    const size_t left = (count) % (2 * tile_rows);            \
    if ((count) > left) shape_tiles(tile_rows, tile_rows);    \
    for (const int two = 1; row + left < (count); row += 2 * tile_rows) body; \
    if (left > tile_rows) {                                   \
      const int two = 1;                                      \
      shape_tiles(tile_rows, left - tile_rows);               \
      body;                                                   \
    } else if (left) {                                        \
      const int two = 0;                                      \
      shape_tiles(left, 0);                                   \
      body;                                                   \
    }                                                         \
  }

INLINE_WITH_TILES void begin_with_zeros(int two) {
  _tile_zero(0);
  _tile_zero(1);
  if (two) _tile_zero(2);
  if (two) _tile_zero(3);
}

// With a stride of 0, all rows begin with the same numbers.
INLINE_WITH_TILES void begin_with(const char *c, size_t stride, int two) {
  _tile_loadd(0, c, stride);
  _tile_loadd(1, c + row_bytes, stride);
  if (two) _tile_loadd(2, c + tile_rows * stride, stride);
  if (two) _tile_loadd(3, c + tile_rows * stride + row_bytes, stride);
}

INLINE_WITH_TILES void store_sums(char *c, size_t stride, int two) {
  _tile_stored(0, c, stride);
  _tile_stored(1, c + row_bytes, stride);
  if (two) _tile_stored(2, c + tile_rows * stride, stride);
  if (two) _tile_stored(3, c + tile_rows * stride + row_bytes, stride);
}

// `count` lines, `stride` apart.
#define PREFETCH(from, count, stride, level) \
  for (size_t line = 0; line < (count); line++) _mm_prefetch((const char *)(from) + line * (stride), level)

// Lines that are fetched ahead, so many for each step.
typedef struct {
  const char *at;
  size_t lines;
} fetcher;

static inline fetcher fetcher_of(const mv_product *p, size_t steps, const char *a) {
  if (!p->next)
    return (fetcher){a + 2 * tile_rows * p->stride_a, (2 * tile_rows * mv_product_columns + p->n - 1) / p->n};
  const size_t blocks = (p->m + 2 * tile_rows - 1) / (2 * tile_rows) * (p->n / mv_product_columns);
  return (fetcher){p->next, (p->next_bytes + row_bytes * blocks * steps - 1) / (row_bytes * blocks * steps)};
}

static inline void fetch(fetcher *fetcher) {
  PREFETCH(fetcher->at, fetcher->lines, row_bytes, _MM_HINT_T1);
  fetcher->at += fetcher->lines * row_bytes;
}

// 64 bytes of each row times tiles of two sets of columns; the columns' next tiles are fetched to the first-level cache,
// which counts where a neighbour on the core uses it, too.
#define ADD_PRODUCTS(dot_product, a, stride_a, b, beside, two)                          \
  {                                                                                     \
    _tile_loadd(4, a, stride_a);                                                        \
    _tile_loadd(6, b, row_bytes);                                                       \
    dot_product(0, 4, 6);                                                               \
    PREFETCH((b) + tile_size, tile_rows, row_bytes, _MM_HINT_T0);                       \
    _tile_loadd(7, beside, row_bytes);                                                  \
    dot_product(1, 4, 7);                                                               \
    if (two) {                                                                          \
      _tile_loadd(5, (a) + tile_rows * (stride_a), stride_a);                           \
      dot_product(2, 5, 6);                                                             \
      PREFETCH((beside) + tile_size, tile_rows, row_bytes, _MM_HINT_T0);                \
      dot_product(3, 5, 7);                                                             \
    }                                                                                   \
  }

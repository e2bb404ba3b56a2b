#include "kernels.h"
#include <string.h>

// Each scan tests a block at once and looks closer only at the block that failed.
enum { BLOCK = 1024 };

#define SCAN(NAME, WORD, BAD)                                                                                         \
  static size_t NAME(const char *bytes, size_t count, WORD mask) {                                                    \
    for (size_t start = 0; start < count; start += BLOCK) {                                                           \
      size_t end = start + BLOCK < count ? start + BLOCK : count;                                                     \
      WORD found = 0;                                                                                                 \
      for (size_t i = start; i < end; i++) {                                                                          \
        WORD word;                                                                                                    \
        memcpy(&word, bytes + sizeof(WORD) * i, sizeof(WORD));                                                        \
        found |= (WORD)(BAD);                                                                                         \
      }                                                                                                               \
      for (size_t i = start; found && i < end; i++) {                                                                 \
        WORD word;                                                                                                    \
        memcpy(&word, bytes + sizeof(WORD) * i, sizeof(WORD));                                                        \
        if (BAD) return i;                                                                                            \
      }                                                                                                               \
    }                                                                                                                 \
    return count;                                                                                                     \
  }

SCAN(scan8, uint8_t, (word & mask) == mask)
SCAN(scan16, uint16_t, (word & mask) == mask)
SCAN(scan32, uint32_t, (word & mask) == mask)
SCAN(scan64, uint64_t, (word & mask) == mask)

size_t mv_first_nonfinite_f32(const void *values, size_t count) { return scan32(values, count, 0x7F800000u); }
size_t mv_first_nonfinite_f64(const void *values, size_t count) { return scan64(values, count, 0x7FF0000000000000ull); }
size_t mv_first_nonfinite_16(const void *values, size_t count, uint16_t exponent) {
  return scan16(values, count, exponent);
}
size_t mv_first_nan_f8e4m3(const void *values, size_t count) { return scan8(values, count, 0x7F); }
size_t mv_first_nonfinite_f8e5m2(const void *values, size_t count) { return scan8(values, count, 0x7C); }

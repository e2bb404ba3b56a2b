// What Moviola asks of oneDNN, as C: matrix products and a convolution over one picture.
// Compiles with oneDNN 2.x and 3.x. Primitives are cached by shape for each thread; every call runs on the calling
// thread alone (the caller splits the work), so calls from several threads at a time are fine.
#pragma once
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif

// Types of a and b, and of the sums: float32 × float32 and bfloat16 × bfloat16 give float32, unsigned × signed bytes
// give 32-bit integers.
typedef enum { mv_dnn_f32, mv_dnn_bf16, mv_dnn_u8s8 } mv_dnn_type;

// How b [k,n] lies in memory: as [n,k] (a weight as it is on disk), as [k,n], or in the library's own order.
typedef enum { mv_dnn_rows_of_k, mv_dnn_rows_of_n, mv_dnn_packed } mv_dnn_order;

// c[m,n] = a[m,k] b, or += if `accumulate`. Strides are distances of two rows, in elements; a packed b has none.
typedef struct {
  mv_dnn_type type;
  long m, n, k;
  long stride_a, stride_b, stride_c;
  mv_dnn_order order_b;
  int accumulate;
} mv_dnn_product;

// All functions return 0, or 1 with a message in mv_dnn_message().
int mv_dnn_multiply(const mv_dnn_product *product, const void *a, const void *b, void *c);

// Bytes of b in the library's own order, in which products run fastest; 0 if it has none without padding.
size_t mv_dnn_packed_bytes(mv_dnn_type type, long k, long n);
// Whether that order is [n / 64][k / w / 16][16][64][w], where w values take 32 bits: those who know it bring b to it
// faster than the library does.
int mv_dnn_packs_words(mv_dnn_type type, long k, long n);
// Brings b to that order. `packed` is aligned to 64 bytes.
int mv_dnn_pack(mv_dnn_type type, long k, long n, mv_dnn_order order, long stride_b, const void *b, void *packed);

// A stride-1 convolution (kernel height and width odd) with its weights in the orders that oneDNN likes.
typedef struct mv_dnn_convolution mv_dnn_convolution;

mv_dnn_convolution *mv_dnn_convolution_create(mv_dnn_type type, long in, long out, long kernel_height,
                                              long kernel_width);
void mv_dnn_convolution_destroy(mv_dnn_convolution *convolution);

// The library's order depends on the shape, so it must see the weights once for each shape, before that is run:
// float32 [out, height, width, in]; not needed any more afterwards.
int mv_dnn_convolution_is_prepared(mv_dnn_convolution *convolution, long rows, long width);
int mv_dnn_convolution_prepare(mv_dnn_convolution *convolution, long rows, long width, const float *weights);

// target[rows, width, out] (float32) = or += the convolution of source[rows + kernel_height - 1, width, in]
// (`type`), plus bias[out] (may be NULL). Rows are not padded (the source has the rows above and below); columns are,
// with zeros.
int mv_dnn_convolution_run(mv_dnn_convolution *convolution, long rows, long width, const void *source,
                           const float *bias, float *target, int accumulate);

// What went wrong on this thread last, and the library's version.
const char *mv_dnn_message(void);
void mv_dnn_version(int *major, int *minor, int *patch);
// The best instruction set that the library may use here.
const char *mv_dnn_isa(void);
// Whether it may use AMX.
int mv_dnn_has_amx(void);

#ifdef __cplusplus
}
#endif

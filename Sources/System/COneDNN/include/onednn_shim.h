// The two things Moviola asks of oneDNN, as C: a matrix product and a convolution over one picture.
// Compiles with oneDNN 2.x and 3.x. Primitives are cached by shape; every call runs on the calling thread alone
// (the caller splits the work), so calls from several threads at a time are fine.
#pragma once
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef enum { mv_dnn_f32, mv_dnn_bf16 } mv_dnn_type;

// c[m,n] (float32) = a[m,k] b, or += if `accumulate`. Strides are distances of two rows, in elements.
typedef struct {
  mv_dnn_type type;       // of a and b
  long m, n, k;
  long stride_a, stride_b, stride_c;
  int b_is_rows_of_k;     // 1: b is [n,k] (a weight as it lies on disk); 0: b is [k,n]
  int accumulate;
} mv_dnn_product;

// All functions return 0, or 1 with a message in mv_dnn_message().
int mv_dnn_multiply(const mv_dnn_product *product, const void *a, const void *b, float *c);

// A stride-1 convolution with its weights in the order that oneDNN likes.
typedef struct mv_dnn_convolution mv_dnn_convolution;

// weights: float32 [out, height, width, in] (kernel height and width, odd).
mv_dnn_convolution *mv_dnn_convolution_create(mv_dnn_type type, long in, long out, long kernel_height,
                                              long kernel_width, const float *weights);
void mv_dnn_convolution_destroy(mv_dnn_convolution *convolution);

// target[rows, width, out] (float32) = or += the convolution of source[rows + kernel_height - 1, width, in]
// (`type`). Rows are not padded (the source has the rows above and below); columns are, with zeros.
int mv_dnn_convolution_run(mv_dnn_convolution *convolution, long rows, long width, const void *source, float *target,
                           int accumulate);

// What went wrong on this thread last, and the library's version.
const char *mv_dnn_message(void);
void mv_dnn_version(int *major, int *minor, int *patch);
// The best instruction set that the library may use here.
const char *mv_dnn_isa(void);

#ifdef __cplusplus
}
#endif

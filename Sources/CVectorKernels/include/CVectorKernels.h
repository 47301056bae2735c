// Vector arithmetic for recurrent networks: what Swift cannot say without special compiler flags.
//
// Swift compiles for the oldest processor of its platform. These few kernels are compiled several
// times, for wider and wider vectors, and the widest that the processor has is used. Each exists for
// float (suffix f, production) and double (suffix d, gradient checks of the very same source).
//
// Two promises hold for all of them:
// - a result never depends on how many rows were worked on together, so a document's figures do
//   not depend on its batch neighbours;
// - no kernel reads or writes beyond the sizes given, so any width is allowed.
//
// Letters: B rows, H hidden width, K inner size, N columns; i f g o the gates in PyTorch's order.
// All matrices are row-major.
#pragma once
#include <stdint.h>

/// Columns of a packed panel, in bytes: two vectors of 64.
#define VK_PANEL_BYTES 128

/// The most rows that vk_transposed_product takes at a time.
#define VK_TRANSPOSED_ROWS 256

#define VK_DECLARE(REAL, S)                                                                       \
  /* Elements that vk_pack needs for a [K, N] matrix. */                                          \
  long vk_packed_size_##S(long K, long N);                                                        \
  /* Packs B [K, N] (or its transpose: Bt [N, K]) into panels for vk_product. */                  \
  void vk_pack_##S(long K, long N, const REAL *B, long ldb, int transposed, REAL *packed);        \
  /* C [M, N] = A [M, K] x packed B, or += when accumulate; element (m, k) of A stands at         \
     A[m * row + k * inner]. Each sum runs over k in order. Meanwhile asks memory for the rows    \
     next_rows [M] of next (width ldn), unless NULL: those that will be added to C. */            \
  void vk_product_##S(long M, long K, long N, const REAL *A, long row, long inner,                \
                      const REAL *packed, REAL *C, long ldc, int accumulate, const REAL *next,    \
                      long ldn, const int32_t *next_rows);                                        \
  /* C [M, N] += A^T x packed B for A [K, M], K at most VK_TRANSPOSED_ROWS. */                    \
  void vk_transposed_product_##S(long M, long K, long N, const REAL *A, long lda,                 \
                                 const REAL *packed, REAL *C, long ldc);                          \
  /* y += a x */                                                                                  \
  void vk_add_##S(long n, REAL a, const REAL *x, REAL *y);                                        \
  void vk_exp_##S(long n, const REAL *x, REAL *y);                                                \
  void vk_sigmoid_##S(long n, const REAL *x, REAL *y);                                            \
  void vk_tanh_##S(long n, const REAL *x, REAL *y);                                               \
  /* One LSTM step of n rows. gates [n, 4H] holds U h; it gets i f g o after activation.          \
     projection rows[k] (width ldp) holds W x + b for row k. c_before may be NULL: zeros.         \
     peepholes [3, H] (i, f, o) may be NULL. c, h [n, H] are written. Without keeps_gates         \
     gates stay U h, and c and h are the same but for rounding, in less time. */                  \
  void vk_lstm_forward_##S(long n, long H, REAL *gates, const REAL *projection, long ldp,         \
                           const int32_t *rows, const REAL *c_before, const REAL *peepholes,      \
                           REAL *c, REAL *h, int keeps_gates);                                    \
  /* As vk_product with one row, and beside it, for the same bits in less time, as                \
     vk_lstm_forward with one row whose projection is given, gates not kept. */                   \
  void vk_product_beside_lstm_##S(long K, long N, const REAL *A, const REAL *packed, REAL *C,     \
                                  long H, REAL *gates, const REAL *projection,                    \
                                  const REAL *c_before, const REAL *peepholes, REAL *c,           \
                                  REAL *h);                                                       \
  /* Its backward. dh [n, H] in; dc [n, H] in and out (d c_before); gates become their            \
     pre-activation gradients, which are also added to dprojection at rows[k] unless NULL.        \
     dpeepholes [3, H] gets added to unless NULL. */                                              \
  void vk_lstm_backward_##S(long n, long H, REAL *gates, const REAL *c_before, const REAL *c,     \
                            const REAL *dh, REAL *dc, const REAL *peepholes, REAL *dpeepholes,    \
                            REAL *dprojection, long ldp, const int32_t *rows);                    \
  /* One GRU step of n rows. gates [n, 3H] holds U h; it gets r z n after activation. bias [H] is \
     b_hn. h_before may be NULL: zeros; it may be h. q [n, H] gets U_n h + b_hn. */               \
  void vk_gru_forward_##S(long n, long H, REAL *gates, const REAL *projection, long ldp,          \
                          const int32_t *rows, const REAL *h_before, const REAL *bias, REAL *q,   \
                          REAL *h);                                                               \
  /* Its backward. dh [n, H] in; out is z dh, the part of d h_before that does not pass U. gates  \
     become the gradient of U h; the gradient of W x + b is added to dprojection, and that of     \
     b_hn to dbias [H]. */                                                                        \
  void vk_gru_backward_##S(long n, long H, REAL *gates, const REAL *h_before, const REAL *q,      \
                           REAL *dh, REAL *dbias, REAL *dprojection, long ldp,                    \
                           const int32_t *rows);                                                  \
  /* One step h = tanh(W x + b + U h) of n rows; gates [n, H] holds U h and gets h too. */        \
  void vk_elman_forward_##S(long n, long H, REAL *gates, const REAL *projection, long ldp,        \
                            const int32_t *rows, REAL *h);                                        \
  /* Its backward: gates become their pre-activation gradients, also added to dprojection. */     \
  void vk_elman_backward_##S(long n, long H, REAL *gates, const REAL *dh, REAL *dprojection,      \
                             long ldp, const int32_t *rows);                                      \
  /* best[k], at[k] [n, H]: the largest h so far and, unless NULL, the step that had it. */       \
  void vk_max_forward_##S(long n, long H, const REAL *h, int32_t step, REAL *best,                \
                          int32_t *at);                                                           \
  /* dh[k] += dbest[k] where at[k] is step: the backward of vk_max_forward. */                    \
  void vk_max_backward_##S(long n, long H, const int32_t *at, int32_t step, const REAL *dbest,    \
                           REAL *dh);                                                             \
  /* One Adam step on n weights; scale multiplies the gradient first (clipping).                  \
     rate already holds the bias correction: p -= rate * m / (sqrt(v) + epsilon). */              \
  void vk_adam_##S(long n, REAL scale, REAL rate, REAL beta1, REAL beta2, REAL epsilon,           \
                   const REAL *g, REAL *m, REAL *v, REAL *p);                                     \
  /* One step of gradient descent with momentum: v = momentum v + scale g; p -= rate v. */        \
  void vk_sgd_##S(long n, REAL scale, REAL rate, REAL momentum, const REAL *g, REAL *v, REAL *p); \
  /* One step of negative sampling. Rows of D numbers, D a multiple of 64 bytes: m of `in`, n of  \
     `out`, out_rows[0] the true one. With s = in . out and t = 1 for the true row, 0 for others: \
     g [m, n] gets rate (t - sigmoid(s)), d_in [m, D] gets g out, and out += g^T in. */           \
  void vk_sampling_##S(long m, long n, long D, const REAL *in, const int32_t *in_rows, REAL *out, \
                       const int32_t *out_rows, REAL rate, REAL *g, REAL *d_in);                  \
  /* The sum of squares, in double, lanes summed in a fixed order. */                             \
  double vk_squares_##S(long n, const REAL *x);

VK_DECLARE(float, f)
VK_DECLARE(double, d)

/// The instruction set in use: "amx", "avx512", "avx2" or "baseline".
const char *vk_instruction_set(void);

// Products of float on matrix tiles: see tiles.c. The others of these may only be called when
// vk_tiles_available() is not 0.

int vk_tiles_available(void);

/// Elements that vk_tiles_pack needs for a [K, N] matrix.
long vk_tiles_packed_size(long K, long N);
/// As vk_pack_f; packed is aligned to 64 bytes.
void vk_tiles_pack(long K, long N, const float *B, long ldb, int transposed, float *packed);
/// Elements that vk_tiles_product needs for itself, aligned to 64 bytes.
long vk_tiles_scratch_size(long K);
/// C [M, N] = A [M, K] x packed B, or += when accumulate.
void vk_tiles_product(long M, long K, long N, const float *A, long lda, const float *packed,
                      float *C, long ldc, int accumulate, float *scratch);
/// Elements that vk_tiles_transposed_product needs for itself, aligned to 64 bytes.
long vk_tiles_transposed_scratch_size(long K, long N);
/// C [M, N] += A^T x B for A [K, M], B [K, N].
void vk_tiles_transposed_product(long M, long K, long N, const float *A, long lda, const float *B,
                                 long ldb, float *C, long ldc, float *scratch);

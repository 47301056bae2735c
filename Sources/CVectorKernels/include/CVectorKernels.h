// Vector arithmetic for recurrent networks that Swift cannot express without compiler flags.
//
// Swift compiles for the oldest processor of its platform. These kernels are compiled once for each
// instruction set, and the widest set that the processor supports is used. Each kernel exists for
// float (suffix f: training and classifying) and for double (suffix d: gradient checks of the same
// code). Swift sees them as static members of FloatKernels and DoubleKernels.
//
// Every kernel keeps two promises:
// - the result for a row does not depend on how many rows are in the call, so a document's result
//   does not depend on the other documents of its batch;
// - nothing is read or written outside the given sizes, so every width is allowed.
//
// Notation: B rows, H hidden width, K inner size, N columns; i f g o are the gates, in PyTorch's
// order. All matrices are row-major; ld... is the distance from one row to the next.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define VK_SWIFT(name) __attribute__((swift_name(name)))

/// The maximum K of a transposed_product.
#define VK_TRANSPOSED_ROWS 256
/// The maximum K of a product of 8-bit integers, so that sums stay below 2^31.
#define VK_INT8_ROWS 32768
/// The whole number that a state of 1 becomes.
#define VK_INT8_STATE 63

#pragma clang assume_nonnull begin

/// The Swift type that holds the float kernels.
struct FloatKernels {
  char unused;
};
/// The Swift type that holds the double kernels.
struct DoubleKernels {
  char unused;
};

/// The Swift type that holds the products of 8-bit integers.
struct Int8Kernels {
  char unused;
};

// The list of kernels: KERNEL(S, OWNER, result, name, name in Swift, parameters, arguments).
#define VK_KERNELS(KERNEL, REAL, S, OWNER)                                                         \
  /* The number of elements that pack writes for a matrix [K, N]. */                               \
  KERNEL(S, OWNER, long, packed_size, "packedCount(rows:columns:)", (long K, long N), (K, N))      \
  /* Packs B [K, N], or its transpose Bt [N, K], into panels for product. */                       \
  KERNEL(S, OWNER, void, pack, "pack(rows:columns:matrix:stride:isTransposed:into:)",              \
         (long K, long N, const REAL *B, long ldb, bool transposed, REAL *packed),                 \
         (K, N, B, ldb, transposed, packed))                                                       \
  /* C [M, N] = A [M, K] x packed B, or += if accumulate. Element (m, k) of A is                   \
     A[m * row + k * inner]. Each sum runs over k in order. Unless NULL, the rows next_rows [M] of \
     next, which the caller will add to C, are prefetched. */                                      \
  KERNEL(S, OWNER, void, product,                                                                  \
         "product(m:k:n:a:row:inner:packed:c:stride:accumulate:next:nextStride:nextRows:)",        \
         (long M, long K, long N, const REAL *A, long row, long inner, const REAL *packed,         \
          REAL *C, long ldc, bool accumulate, const REAL *_Nullable next, long ldn,                \
          const int32_t *_Nullable next_rows),                                                     \
         (M, K, N, A, row, inner, packed, C, ldc, accumulate, next, ldn, next_rows))               \
  /* C [M, N] += A^T x packed B for A [K, M]; K is at most VK_TRANSPOSED_ROWS. */                  \
  KERNEL(S, OWNER, void, transposed_product, "transposedProduct(m:k:n:a:packed:c:)",               \
         (long M, long K, long N, const REAL *A, const REAL *packed, REAL *C),                     \
         (M, K, N, A, packed, C))                                                                  \
  /* y += a x */                                                                                   \
  KERNEL(S, OWNER, void, add, "add(_:_:_:to:)", (long n, REAL a, const REAL *x, REAL *y),          \
         (n, a, x, y))                                                                             \
  KERNEL(S, OWNER, void, exp_all, "exp(_:_:_:)", (long n, const REAL *x, REAL *y), (n, x, y))      \
  KERNEL(S, OWNER, void, sigmoid_all, "sigmoid(_:_:_:)", (long n, const REAL *x, REAL *y),         \
         (n, x, y))                                                                                \
  KERNEL(S, OWNER, void, tanh_all, "tanh(_:_:_:)", (long n, const REAL *x, REAL *y), (n, x, y))    \
  /* One LSTM step of n rows. gates [n, 4H] holds U h and receives the activated i f g o. Row      \
     rows[k] of projection holds W x + b of row k. A NULL c_before means zeros; NULL peepholes     \
     [3, H] (i, f, o) mean that there are none. Writes c and h [n, H]. Without keeps_gates, gates  \
     is not changed; c and h are computed faster and differ only by rounding. */                   \
  KERNEL(S, OWNER, void, lstm_forward,                                                             \
         "lstmForward(n:width:gates:projection:projectionStride:rows:cellsBefore:peepholes:cells:" \
         "hidden:keepsGates:)",                                                                    \
         (long n, long H, REAL *gates, const REAL *projection, long ldp, const int32_t *rows,      \
          const REAL *_Nullable c_before, const REAL *_Nullable peepholes, REAL *c, REAL *h,       \
          bool keeps_gates),                                                                       \
         (n, H, gates, projection, ldp, rows, c_before, peepholes, c, h, keeps_gates))             \
  /* A product of one row, interleaved with lstm_forward without keeps_gates for one row of        \
     another state. The results are bitwise identical to running one after the other, in less      \
     time. */                                                                                      \
  KERNEL(S, OWNER, void, product_beside_lstm,                                                      \
         "productBesideLSTM(k:n:a:packed:c:width:gates:projection:cellsBefore:peepholes:cells:"    \
         "hidden:)",                                                                               \
         (long K, long N, const REAL *A, const REAL *packed, REAL *C, long H, REAL *gates,         \
          const REAL *projection, const REAL *_Nullable c_before,                                  \
          const REAL *_Nullable peepholes, REAL *c, REAL *h),                                      \
         (K, N, A, packed, C, H, gates, projection, c_before, peepholes, c, h))                    \
  /* The backward pass of lstm_forward. Reads dh [n, H]; dc [n, H] is d c on entry and d c_before  \
     on return; gates become the gradients of their pre-activations, which are also added to row   \
     rows[k] of dprojection unless it is NULL. Adds to dpeepholes [3, H]. */                       \
  KERNEL(S, OWNER, void, lstm_backward,                                                            \
         "lstmBackward(n:width:gates:cellsBefore:cells:dHidden:dCells:peepholes:dPeepholes:"       \
         "dProjection:projectionStride:rows:)",                                                    \
         (long n, long H, REAL *gates, const REAL *_Nullable c_before, const REAL *c,              \
          const REAL *dh, REAL *dc, const REAL *_Nullable peepholes, REAL *_Nullable dpeepholes,   \
          REAL *_Nullable dprojection, long ldp, const int32_t *rows),                             \
         (n, H, gates, c_before, c, dh, dc, peepholes, dpeepholes, dprojection, ldp, rows))        \
  /* One GRU step of n rows. gates [n, 3H] holds U h and receives the activated r z n. bias [H] is \
     b_hn. A NULL h_before means zeros; h may be h_before. q [n, H] receives U_n h + b_hn. */      \
  KERNEL(S, OWNER, void, gru_forward,                                                              \
         "gruForward(n:width:gates:projection:projectionStride:rows:hiddenBefore:bias:inner:"      \
         "hidden:)",                                                                               \
         (long n, long H, REAL *gates, const REAL *projection, long ldp, const int32_t *rows,      \
          const REAL *_Nullable h_before, const REAL *bias, REAL *q, REAL *h),                     \
         (n, H, gates, projection, ldp, rows, h_before, bias, q, h))                               \
  /* The backward pass of gru_forward. dh [n, H] is d h on entry and, on return, z dh: the part of \
     d h_before that does not pass through U. gates become the gradient of U h. Adds the gradient  \
     of W x + b to dprojection and the gradient of b_hn to dbias [H]. */                           \
  KERNEL(S, OWNER, void, gru_backward,                                                             \
         "gruBackward(n:width:gates:hiddenBefore:inner:dHidden:dBias:dProjection:"                 \
         "projectionStride:rows:)",                                                                \
         (long n, long H, REAL *gates, const REAL *_Nullable h_before, const REAL *q, REAL *dh,    \
          REAL *dbias, REAL *dprojection, long ldp, const int32_t *rows),                          \
         (n, H, gates, h_before, q, dh, dbias, dprojection, ldp, rows))                            \
  /* One step h = tanh(W x + b + U h) of n rows. gates [n, H] holds U h and receives h as well. */ \
  KERNEL(S, OWNER, void, elman_forward,                                                            \
         "elmanForward(n:width:gates:projection:projectionStride:rows:hidden:)",                   \
         (long n, long H, REAL *gates, const REAL *projection, long ldp, const int32_t *rows,      \
          REAL *h),                                                                                \
         (n, H, gates, projection, ldp, rows, h))                                                  \
  /* The backward pass of elman_forward: gates become the gradients of their pre-activations,      \
     which are also added to dprojection. */                                                       \
  KERNEL(S, OWNER, void, elman_backward,                                                           \
         "elmanBackward(n:width:gates:dHidden:dProjection:projectionStride:rows:)",                \
         (long n, long H, REAL *gates, const REAL *dh, REAL *dprojection, long ldp,                \
          const int32_t *rows),                                                                    \
         (n, H, gates, dh, dprojection, ldp, rows))                                                \
  /* Keeps the largest h so far in best [n, H] and, unless NULL, its step in at [n, H]. */         \
  KERNEL(S, OWNER, void, max_forward, "maximum(n:width:hidden:step:best:at:)",                     \
         (long n, long H, const REAL *h, int32_t step, REAL *best, int32_t *_Nullable at),         \
         (n, H, h, step, best, at))                                                                \
  /* The backward pass of max_forward: dh[k] += dbest[k] where at[k] is step. */                   \
  KERNEL(S, OWNER, void, max_backward, "maximumBackward(n:width:at:step:dBest:dHidden:)",          \
         (long n, long H, const int32_t *at, int32_t step, const REAL *dbest, REAL *dh),           \
         (n, H, at, step, dbest, dh))                                                              \
  /* One Adam step of n weights. scale multiplies the gradient first (clipping). rate includes the \
     bias correction: p -= rate * m / (sqrt(v) + epsilon). */                                      \
  KERNEL(S, OWNER, void, adam,                                                                     \
         "adam(_:scale:rate:beta1:beta2:epsilon:gradient:first:second:weights:)",                  \
         (long n, REAL scale, REAL rate, REAL beta1, REAL beta2, REAL epsilon, const REAL *g,      \
          REAL *m, REAL *v, REAL *p),                                                              \
         (n, scale, rate, beta1, beta2, epsilon, g, m, v, p))                                      \
  /* One step of gradient descent with momentum: v = momentum v + scale g, p -= rate v. */         \
  KERNEL(S, OWNER, void, sgd, "descend(_:scale:rate:momentum:gradient:speed:weights:)",            \
         (long n, REAL scale, REAL rate, REAL momentum, const REAL *g, REAL *v, REAL *p),          \
         (n, scale, rate, momentum, g, v, p))                                                      \
  /* One step of negative sampling with m rows of in against n rows of out; out_rows[0] is the     \
     true row. Rows have D elements, a multiple of 64 bytes. With s = in . out, and t = 1 for the  \
     true row and 0 for the others: g [m, n] = rate (t - sigmoid(s)), d_in [m, D] = g out, and     \
     out += g^T in. */                                                                             \
  KERNEL(S, OWNER, void, sampling,                                                                 \
         "negativeSampling(m:n:width:input:inputRows:output:outputRows:rate:errors:dInput:)",      \
         (long m, long n, long D, const REAL *in, const int32_t *in_rows, REAL *out,               \
          const int32_t *out_rows, REAL rate, REAL *g, REAL *d_in),                                \
         (m, n, D, in, in_rows, out, out_rows, rate, g, d_in))                                     \
  /* The sum of squares in double, always added in the same order. */                              \
  KERNEL(S, OWNER, double, squares, "squares(_:_:)", (long n, const REAL *x), (n, x))

#define VK_DECLARE(S, OWNER, RESULT, FUNCTION, SWIFT, PARAMETERS, ARGUMENTS)                       \
  RESULT vk_##FUNCTION##_##S PARAMETERS VK_SWIFT(#OWNER "." SWIFT);

VK_KERNELS(VK_DECLARE, float, f, FloatKernels)
VK_KERNELS(VK_DECLARE, double, d, DoubleKernels)

// Instruction sets: "baseline", "avx2", "avx512", "amx". Each includes the ones before it.

/// Returns the set in use: the widest that the processor supports, or a narrower one given by the
/// environment variable DOCKET_INSTRUCTION_SET. With "amx", vk_request_tiles can succeed.
const char *vk_instruction_set(void);
/// Returns whether the processor supports a set.
bool vk_has_instruction_set(const char *name);
/// Switches to a set, which the processor must support. For tests; no kernel may be running.
void vk_use_instruction_set(const char *name);

// Products of float on matrix tiles (tiles.c).

/// Asks the system for permission to use the tiles and returns whether the process has it.
/// Permission lasts until the process ends, so only training asks for it.
bool vk_request_tiles(void);
/// Returns whether vk_request_tiles obtained permission. The functions below require it.
bool vk_has_tiles(void) VK_SWIFT("getter:FloatKernels.hasTiles()");

/// The number of elements that vk_tiles_pack writes for a matrix [K, N].
long vk_tiles_packed_size(long K, long N) VK_SWIFT("FloatKernels.tilesCount(rows:columns:)");
/// Like vk_pack_f; packed is aligned to 64 bytes.
void vk_tiles_pack(long K, long N, const float *B, long ldb, bool transposed, float *packed)
    VK_SWIFT("FloatKernels.packTiles(rows:columns:matrix:stride:isTransposed:into:)");
/// The number of elements of scratch memory that vk_tiles_product needs.
long vk_tiles_scratch_size(long K) VK_SWIFT("FloatKernels.tilesScratchCount(k:)");
/// C [M, N] = A [M, K] x packed B, or += if accumulate; scratch is aligned to 64 bytes.
void vk_tiles_product(long M, long K, long N, const float *A, const float *packed, float *C,
                      bool accumulate, float *scratch)
    VK_SWIFT("FloatKernels.tilesProduct(m:k:n:a:packed:c:accumulate:scratch:)");
/// The number of elements of scratch memory that vk_tiles_transposed_product needs.
long vk_tiles_transposed_scratch_size(long K, long N)
    VK_SWIFT("FloatKernels.tilesTransposedScratchCount(k:n:)");
/// C [M, N] += A^T x B for A [K, M], B [K, N]; scratch is aligned to 64 bytes.
void vk_tiles_transposed_product(long M, long K, long N, const float *A, const float *B, float *C,
                                 float *scratch)
    VK_SWIFT("FloatKernels.tilesTransposedProduct(m:k:n:a:b:c:scratch:)");

// Products of 8-bit integers (int8.c). The results of all kernels are bitwise identical.

/// The kernels. VK_INT8_PLAIN works on every processor.
enum { VK_INT8_PLAIN, VK_INT8_AVX2, VK_INT8_AVX_VNNI, VK_INT8_AVX512_VNNI };
/// Returns whether the processor supports the instructions of a kernel.
bool vk_int8_has_kernel(int kind) VK_SWIFT("Int8Kernels.hasKernel(_:)");
/// Returns the kernel that vk_int8_product uses.
int vk_int8_kind(void) VK_SWIFT("getter:Int8Kernels.kernel()");

/// The number of bytes in a row of K states: K, rounded up to a multiple of four.
long vk_int8_row_size(long K) VK_SWIFT("Int8Kernels.rowSize(_:)");
/// The number of bytes that vk_int8_pack writes for a matrix [K, N].
long vk_int8_packed_size(long K, long N) VK_SWIFT("Int8Kernels.packedCount(rows:columns:)");
/// Packs the matrix B [K, N] whose columns are the rows of `rows` [N, K], numbers from -127 to 127,
/// with the scale of each column. K is at most VK_INT8_ROWS.
void vk_int8_pack(long K, long N, const int8_t *rows, const float *scales, uint8_t *packed)
    VK_SWIFT("Int8Kernels.pack(rows:columns:matrix:scales:into:)");
/// Rounds n rows of K numbers from -1 to 1 to states, round(63 x) + 64 each.
void vk_int8_states(long n, long K, const float *x, uint8_t *states)
    VK_SWIFT("Int8Kernels.states(n:width:of:into:)");
/// C [M, N] = scale (A - 64) B for states A [M, row size of K]. Unless NULL, the rows next_rows
/// [M] of next, which the caller will add to C, are prefetched.
void vk_int8_product(long M, long K, long N, const uint8_t *A, const uint8_t *packed, float *C,
                     const float *_Nullable next, long ldn, const int32_t *_Nullable next_rows)
    VK_SWIFT("Int8Kernels.product(m:k:n:a:packed:c:next:nextStride:nextRows:)");
/// Like vk_int8_product, but with the given kernel. For tests.
void vk_int8_product_by(int kind, long M, long K, long N, const uint8_t *A, const uint8_t *packed,
                        float *C, const float *_Nullable next, long ldn,
                        const int32_t *_Nullable next_rows)
    VK_SWIFT("Int8Kernels.product(kernel:m:k:n:a:packed:c:next:nextStride:nextRows:)");

/// Asks the processor to bring the cache line at an address closer.
VK_SWIFT("FloatKernels.prefetch(_:)")
static inline void vk_prefetch(const void *address) { __builtin_prefetch(address); }

#pragma clang assume_nonnull end

// Products of float on the matrix tiles of newer processors (AMX), which multiply bfloat16 numbers
// and add in float32: about 2.6 times as fast as 512-bit vectors, and no less accurate.
//
// Each float is split exactly into three bfloat16 pieces (pieces.inc). Of the nine products of
// pieces, the three smallest, below 2^-25 of the whole, are left out:
//
//   a b = a3 b1 + a2 b1 + a1 b1 + a1 b2 + a2 b2 + a1 b3
//
// Source: Henry, Tang and Heinecke 2019, "Leveraging the bfloat16 artificial intelligence datatype
// for higher-precision computations".
//
// A tile has 16 rows of 64 bytes. The left tile holds 16 rows of 32 k; the right one holds 16 pairs
// of k, each with 16 columns of two numbers. Each element of C is summed in the order of k blocks
// and pieces, which does not depend on the number of rows.
#include "CVectorKernels.h"

#include <string.h>

// Intrinsics leave nothing to fuse into a multiply-add; this keeps it that way.
#pragma STDC FP_CONTRACT OFF

// Used by dispatch.c.
bool vk_find_tiles(void);
bool vk_permit_tiles(void);

#if defined(__x86_64__) && defined(__linux__)

#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TILE 512  // bfloat16 numbers in a tile
#define TARGET \
  __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx512bf16,amx-tile,amx-bf16")))

static long blocks_of(long n, long width) { return (n + width - 1) / width; }

// From <asm/prctl.h> in Linux 5.16: the requests of arch_prctl, and the number of the tiles among
// the components of the processor's state.
enum { GET_SUPPORTED_STATE = 0x1021, REQUEST_STATE = 0x1023, TILE_DATA = 18 };

// Makes no request; only checks what the processor and the system support.
bool vk_find_tiles(void) {
  unsigned a, b, c, d;
  if (!__builtin_cpu_supports("avx512bf16")) return false;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
  if (!(d >> 22 & 1) || !(d >> 24 & 1)) return false;  // AMX-BF16, AMX-TILE
  uint64_t supported = 0;
  if (syscall(SYS_arch_prctl, (long)GET_SUPPORTED_STATE, &supported) != 0) return false;
  return supported >> TILE_DATA & 1;
}

bool vk_permit_tiles(void) {
  return syscall(SYS_arch_prctl, (long)REQUEST_STATE, (long)TILE_DATA) == 0;
}

// Sets the number of rows of each of the eight tiles; all are 64 bytes wide.
TARGET static void configure(const long rows[8]) {
  struct {
    uint8_t palette, start, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
  } shape __attribute__((aligned(64))) = {.palette = 1};
  for (int t = 0; t < 8; t++) {
    shape.bytes[t] = 64;
    shape.rows[t] = (uint8_t)rows[t];
  }
  _tile_loadconfig(&shape);
}

#include "pieces.inc"

long vk_tiles_packed_size(long K, long N) {
  return blocks_of(K, 32) * blocks_of(N, 16) * 3 * TILE / 2;
}

// [columns / 16][k / 32][piece]
TARGET void vk_tiles_pack(long K, long N, const float *B, long ldb, bool transposed,
                          float *packed) {
  uint16_t *tiles = (uint16_t *)packed;
  for (long n = 0; n < N; n += 16) {
    for (long k = 0; k < K; k += 32, tiles += 3 * TILE) {
      if (transposed) {
        split_rows(B + n * ldb + k, ldb, N - n, K - k, true, tiles);
      } else {
        split_pairs(B + k * ldb + n, ldb, K - k, N - n, false, tiles);
      }
    }
  }
}

// Sums start from C or from zero and are stored in C. A tile that extends past the last column of C
// is copied through `edge`.
#define BEGIN(tile, at, rows, columns)                                 \
  do {                                                                 \
    if (!accumulate) {                                                 \
      _tile_zero(tile);                                                \
    } else if ((columns) >= 16) {                                      \
      _tile_loadd(tile, at, ldc * 4);                                  \
    } else {                                                           \
      copy(edge, 16, at, ldc, rows, columns);                          \
      _tile_loadd(tile, edge, 64);                                     \
    }                                                                  \
  } while (0)
#define END(tile, at, rows, columns)                                   \
  do {                                                                 \
    if ((columns) >= 16) {                                             \
      _tile_stored(tile, at, ldc * 4);                                 \
    } else {                                                           \
      _tile_stored(tile, edge, 64);                                    \
      copy(at, ldc, edge, 16, rows, columns);                          \
    }                                                                  \
  } while (0)

static void copy(float *to, long to_stride, const float *from, long from_stride, long rows,
                 long columns) {
  for (long r = 0; r < rows; r++) {
    memcpy(to + r * to_stride, from + r * from_stride, sizeof(float) * (size_t)columns);
  }
}

// The left tiles: a pointer to the first, and the distances to the next in k, to the one 16 rows
// below, to the next piece, and from row to row.
typedef struct {
  const uint16_t *tiles;
  long k, below, piece, row;
} left_tiles;

#define LEFT(tile, a, p) _tile_loadd(tile, (a) + (p) * left.piece, left.row * 2)
#define RIGHT(tile, b, p) _tile_loadd(tile, (b) + (p) * TILE, 64)

// One tile of up to 16 rows by four tiles of columns. Tiles 0 to 3 are sums, 4 to 6 the pieces of
// the left factor, and 7 a piece of the right one.
#define COLUMN(sum, b)                                           \
  do {                                                           \
    RIGHT(7, b, 0);                                              \
    _tile_dpbf16ps(sum, 6, 7);                                   \
    _tile_dpbf16ps(sum, 5, 7);                                   \
    _tile_dpbf16ps(sum, 4, 7);                                   \
    RIGHT(7, b, 1);                                              \
    _tile_dpbf16ps(sum, 4, 7);                                   \
    _tile_dpbf16ps(sum, 5, 7);                                   \
    RIGHT(7, b, 2);                                              \
    _tile_dpbf16ps(sum, 4, 7);                                   \
  } while (0)

TARGET static void few_rows(long rows, long blocks, long N, left_tiles left, const uint16_t *B,
                            float *C, long ldc, bool accumulate) {
  float edge[256] __attribute__((aligned(64)));
  const long next = blocks * 3 * TILE;
  configure((long[]){rows, rows, rows, rows, rows, rows, rows, 16});
  for (long n = 0; n < N; n += 64, C += 64, B += 4 * next) {
    const long width = N - n;
    BEGIN(0, C, rows, width);
    if (width > 16) BEGIN(1, C + 16, rows, width - 16);
    if (width > 32) BEGIN(2, C + 32, rows, width - 32);
    if (width > 48) BEGIN(3, C + 48, rows, width - 48);
    const uint16_t *a = left.tiles;
    for (long k = 0; k < blocks; k++, a += left.k) {
      const uint16_t *b = B + k * 3 * TILE;
      LEFT(4, a, 0);
      LEFT(5, a, 1);
      LEFT(6, a, 2);
      COLUMN(0, b);
      if (width > 16) COLUMN(1, b + next);
      if (width > 32) COLUMN(2, b + 2 * next);
      if (width > 48) COLUMN(3, b + 3 * next);
    }
    END(0, C, rows, width);
    if (width > 16) END(1, C + 16, rows, width - 16);
    if (width > 32) END(2, C + 32, rows, width - 32);
    if (width > 48) END(3, C + 48, rows, width - 48);
  }
}

// Two tiles of rows by two of columns. Tiles 0 to 3 are sums, 4 and 5 left, 6 and 7 right.
#define LEFTS(p) LEFT(4, a, p), LEFT(5, a + left.below, p)
#define RIGHTS(p) RIGHT(6, b, p), RIGHT(7, b + next, p)
#define LEFT_HALF _tile_dpbf16ps(0, 4, 6), _tile_dpbf16ps(2, 5, 6)
#define SQUARE LEFT_HALF, _tile_dpbf16ps(1, 4, 7), _tile_dpbf16ps(3, 5, 7)

TARGET static void many_rows(long rows, long blocks, long all, long N, left_tiles left,
                             const uint16_t *B, float *C, long ldc, bool accumulate) {
  float edge[256] __attribute__((aligned(64)));
  const long next = all * 3 * TILE, high = rows - 16;
  for (long n = 0; n < N; n += 32, C += 32, B += 2 * next) {
    const long width = N - n;
    float *lower = C + 16 * ldc;
    const uint16_t *a = left.tiles, *b = B;
    BEGIN(0, C, 16, width);
    BEGIN(2, lower, high, width);
    if (width > 16) {
      BEGIN(1, C + 16, 16, width - 16);
      BEGIN(3, lower + 16, high, width - 16);
      for (long k = 0; k < blocks; k++, a += left.k, b += 3 * TILE) {
        RIGHTS(0), LEFTS(2), SQUARE;
        LEFTS(1), SQUARE;
        LEFTS(0), SQUARE;
        RIGHTS(1), SQUARE;
        LEFTS(1), SQUARE;
        RIGHTS(2), LEFTS(0), SQUARE;
      }
      END(1, C + 16, 16, width - 16);
      END(3, lower + 16, high, width - 16);
    } else {
      for (long k = 0; k < blocks; k++, a += left.k, b += 3 * TILE) {
        RIGHT(6, b, 0), LEFTS(2), LEFT_HALF;
        LEFTS(1), LEFT_HALF;
        LEFTS(0), LEFT_HALF;
        RIGHT(6, b, 1), LEFT_HALF;
        LEFTS(1), LEFT_HALF;
        RIGHT(6, b, 2), LEFTS(0), LEFT_HALF;
      }
    }
    END(0, C, 16, width);
    END(2, lower, high, width);
  }
}

// The left tiles of RUN blocks stay in the first-level cache for all columns.
#define RUN 4

TARGET static void tile_rows(long rows, long blocks, long N, left_tiles left, const float *packed,
                             float *C, long ldc, bool accumulate) {
  const uint16_t *B = (const uint16_t *)packed;
  if (rows <= 16) {
    few_rows(rows, blocks, N, left, B, C, ldc, accumulate);
    return;
  }
  const long high = rows - 16;
  configure((long[]){16, 16, high, high, 16, high, 16, 16});
  long k = 0;
  do {  // at least once: if there is no k, the sums are zero
    const long count = blocks - k < RUN ? blocks - k : RUN;
    many_rows(rows, count, blocks, N, left, B + k * 3 * TILE, C, ldc, accumulate || k > 0);
    left.tiles += RUN * left.k;
    k += RUN;
  } while (k < blocks);
}

long vk_tiles_scratch_size(long K) { return 32 * blocks_of(K, 32) * 32 * 3 / 2; }

TARGET void vk_tiles_product(long M, long K, long N, const float *A, const float *packed, float *C,
                             bool accumulate, float *scratch) {
  uint16_t *pieces = (uint16_t *)scratch;
  const long blocks = blocks_of(K, 32), width = blocks * 32;
  for (long m = 0; m < M; m += 32) {
    const long rows = M - m < 32 ? M - m : 32;
    for (long r = 0; r < rows; r++) {
      for (long k = 0; k < K; k += 32) {
        __m512 low = load16(A + (m + r) * K, k, K), high = load16(A + (m + r) * K, k + 16, K);
        for (int p = 0; p < 3; p++) {
          _mm512_store_si512(pieces + (p * rows + r) * width + k, split(&low, &high));
        }
      }
    }
    const left_tiles left = {pieces, 32, 16 * width, rows * width, width};
    tile_rows(rows, blocks, N, left, packed, C + m * N, N, accumulate);
  }
  _tile_release();
}

long vk_tiles_transposed_scratch_size(long K, long N) {
  return vk_tiles_packed_size(K, N) + blocks_of(K, 32) * 6 * TILE / 2;
}

TARGET void vk_tiles_transposed_product(long M, long K, long N, const float *A, const float *B,
                                        float *C, float *scratch) {
  const long blocks = blocks_of(K, 32);
  uint16_t *columns = (uint16_t *)(scratch + vk_tiles_packed_size(K, N));
  vk_tiles_pack(K, N, B, N, false, scratch);
  for (long m = 0; m < M; m += 32) {
    const long rows = M - m < 32 ? M - m : 32;
    for (long k = 0; k < blocks; k++) {
      const float *from = A + k * 32 * M + m;
      uint16_t *tiles = columns + k * 6 * TILE;
      split_pairs(from, M, K - k * 32, rows, true, tiles);
      if (rows > 16) split_pairs(from + 16, M, K - k * 32, rows - 16, true, tiles + 3 * TILE);
    }
    const left_tiles left = {columns, 6 * TILE, 3 * TILE, TILE, 32};
    tile_rows(rows, blocks, N, left, scratch, C + m * N, N, true);
  }
  _tile_release();
}

#else  // no tiles, so the following functions are never called

bool vk_find_tiles(void) { return false; }
bool vk_permit_tiles(void) { return false; }
long vk_tiles_packed_size(long K, long N) { __builtin_trap(); }
long vk_tiles_scratch_size(long K) { __builtin_trap(); }
long vk_tiles_transposed_scratch_size(long K, long N) { __builtin_trap(); }
void vk_tiles_pack(long K, long N, const float *B, long ldb, bool transposed, float *packed) {
  __builtin_trap();
}
void vk_tiles_product(long M, long K, long N, const float *A, const float *packed, float *C,
                      bool accumulate, float *scratch) {
  __builtin_trap();
}
void vk_tiles_transposed_product(long M, long K, long N, const float *A, const float *B, float *C,
                                 float *scratch) {
  __builtin_trap();
}

#endif

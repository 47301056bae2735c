#pragma once
#include <stddef.h>

// The MPI calls that docket needs. The processes are those of MPI_COMM_WORLD, and all messages are
// bytes. A function that returns an int and can fail returns 0 or an MPI error code.

// Starts MPI for calls from one thread at a time. Errors are returned afterwards.
int docket_mpi_start(void);
// Ends MPI. All processes must call it.
int docket_mpi_finish(void);
int docket_mpi_rank(void);
int docket_mpi_count(void);

// A message that is being sent or received.
typedef struct docket_mpi_request docket_mpi_request;

int docket_mpi_start_sending(
  const void *bytes, int count, int rank, docket_mpi_request **request);
int docket_mpi_start_receiving(void *bytes, int count, int rank, docket_mpi_request **request);
// Sets `done` and frees the request if the message has been sent or received. Sets `received` to
// the number of bytes of a received message.
int docket_mpi_test(docket_mpi_request *request, int *done, int *received);

// Ends all processes.
_Noreturn void docket_mpi_abort(int code);
// Writes the meaning of an error code to `text`, which has room for `docket_mpi_error_size` bytes.
void docket_mpi_describe(int code, char *text);
int docket_mpi_error_size(void);

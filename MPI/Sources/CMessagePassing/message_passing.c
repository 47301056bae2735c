#include "message_passing.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>

struct docket_mpi_request {
  MPI_Request request;
  int receives;
};

int docket_mpi_start(void) {
  int provided = MPI_THREAD_SINGLE;
  // Other threads compute, but only the thread that trains calls MPI.
  int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
  if (code != MPI_SUCCESS) return code;
  if (provided < MPI_THREAD_FUNNELED) return MPI_ERR_OTHER;
  return MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
}

int docket_mpi_finish(void) { return MPI_Finalize(); }

int docket_mpi_rank(void) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

int docket_mpi_count(void) {
  int count = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &count);
  return count;
}

static docket_mpi_request *new_request(int receives) {
  docket_mpi_request *request = malloc(sizeof *request);
  if (!request) abort();
  request->receives = receives;
  return request;
}

int docket_mpi_start_sending(
  const void *bytes, int count, int rank, docket_mpi_request **request) {
  *request = new_request(0);
  int code = MPI_Isend(bytes, count, MPI_BYTE, rank, 0, MPI_COMM_WORLD, &(*request)->request);
  if (code != MPI_SUCCESS) free(*request);
  return code;
}

int docket_mpi_start_receiving(void *bytes, int count, int rank, docket_mpi_request **request) {
  *request = new_request(1);
  int code = MPI_Irecv(bytes, count, MPI_BYTE, rank, 0, MPI_COMM_WORLD, &(*request)->request);
  if (code != MPI_SUCCESS) free(*request);
  return code;
}

int docket_mpi_test(docket_mpi_request *request, int *done, int *received) {
  MPI_Status status;
  memset(&status, 0, sizeof status);
  int code = MPI_Test(&request->request, done, &status);
  if (code == MPI_SUCCESS && !*done) return code;
  if (code == MPI_SUCCESS && request->receives) {
    code = MPI_Get_count(&status, MPI_BYTE, received);
  }
  free(request);
  return code;
}

void docket_mpi_abort(int code) {
  MPI_Abort(MPI_COMM_WORLD, code);
  abort();
}

void docket_mpi_describe(int code, char *text) {
  int length = 0;
  if (MPI_Error_string(code, text, &length) != MPI_SUCCESS) strcpy(text, "unknown error");
}

int docket_mpi_error_size(void) { return MPI_MAX_ERROR_STRING; }

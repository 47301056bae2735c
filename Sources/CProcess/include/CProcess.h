// Calls that start processes and that the C library declares only as extensions.
#pragma once

#include <signal.h>
#include <spawn.h>

// Creates a pipe whose ends are closed in programs that this process starts. Returns -1 with errno
// set if that fails.
int docket_pipe(int ends[2]);

// Closes all descriptors from `first` on in the new process, if the C library can.
void docket_close_from(posix_spawn_file_actions_t *actions, int first);

// The exit code or the signal in the information about a child that has ended.
int docket_child_status(const siginfo_t *information);

// Functions for starting and killing processes. Some of them wrap extensions of the C library.
#pragma once

#include <signal.h>
#include <spawn.h>
#include <sys/types.h>

// Creates a pipe whose ends are closed in programs that this process starts. Returns -1 with errno
// set if that fails.
int docket_pipe(int ends[2]);

// Closes all descriptors from `first` upward in the new process, if the C library supports it.
void docket_close_from(posix_spawn_file_actions_t *actions, int first);

// Returns the exit code or the signal from the information about a child that has ended.
int docket_child_status(const siginfo_t *information);

// Remembers a process group that must not outlive this process, if there is room.
void docket_remember_group(pid_t group);

// Forgets a process group that has been killed.
void docket_forget_group(pid_t group);

// Kills all remembered process groups. May be called in a signal handler.
void docket_kill_groups(void);

// Kills all remembered process groups when this process exits.
void docket_kill_groups_at_exit(void);

// Kills all remembered process groups when SIGHUP, SIGINT, SIGQUIT or SIGTERM ends this process.
// Signals that are ignored or handled keep their action.
void docket_kill_groups_on_signals(void);

#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

int docket_pipe(int ends[2]) {
#if defined(__APPLE__)
  if (pipe(ends) != 0) return -1;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  return 0;
#else
  return pipe2(ends, O_CLOEXEC);
#endif
}

void docket_close_from(posix_spawn_file_actions_t *actions, int first) {
#if defined(__GLIBC__)
#if __GLIBC_PREREQ(2, 34)
  posix_spawn_file_actions_addclosefrom_np(actions, first);
#endif
#endif
  (void)actions;
  (void)first;
}

int docket_child_status(const siginfo_t *information) { return information->si_status; }

// The remembered process groups. The list is lock-free, so that a signal handler can read it. 0
// marks a free entry.
static _Atomic pid_t groups[4096];
enum { groupCount = sizeof groups / sizeof *groups };

void docket_remember_group(pid_t group) {
  for (int place = 0; place < groupCount; place++) {
    pid_t expected = 0;
    if (atomic_compare_exchange_strong(&groups[place], &expected, group)) return;
  }
}

void docket_forget_group(pid_t group) {
  for (int place = 0; place < groupCount; place++) {
    pid_t expected = group;
    if (atomic_compare_exchange_strong(&groups[place], &expected, 0)) return;
  }
}

void docket_kill_groups(void) {
  int code = errno;
  for (int place = 0; place < groupCount; place++) {
    pid_t group = atomic_exchange(&groups[place], 0);
    if (group > 0) kill(-group, SIGKILL);
  }
  errno = code;
}

void docket_kill_groups_at_exit(void) {
  static atomic_flag isRegistered = ATOMIC_FLAG_INIT;
  if (!atomic_flag_test_and_set(&isRegistered)) atexit(docket_kill_groups);
}

static void end(int number) {
  docket_kill_groups();
  // SA_RESETHAND has restored the default action, which ends this process.
  raise(number);
}

void docket_kill_groups_on_signals(void) {
  const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
  for (int index = 0; index < 4; index++) {
    struct sigaction action;
    if (sigaction(numbers[index], NULL, &action) != 0) continue;
    if ((action.sa_flags & SA_SIGINFO) || action.sa_handler != SIG_DFL) continue;
    action.sa_handler = end;
    action.sa_flags = SA_RESETHAND | SA_NODEFER;
    sigaction(numbers[index], &action, NULL);
  }
}

#define _GNU_SOURCE 1
#include "cncurses.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// ---- What others say meanwhile ----

static int errors_kept = -1, errors_terminal = -1;

void cn_hold_errors(void) {
  if (errors_terminal >= 0 || !isatty(STDERR_FILENO)) return;
  if (errors_kept < 0) {
    FILE *file = tmpfile();
    if (!file) return;
    errors_kept = fcntl(fileno(file), F_DUPFD_CLOEXEC, 0);
    fclose(file);
  }
  errors_terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  if (errors_kept >= 0 && errors_terminal >= 0) dup2(errors_kept, STDERR_FILENO);
}

// Safe in a handler.
void cn_show_errors(void) {
  if (errors_terminal < 0) return;
  dup2(errors_terminal, STDERR_FILENO);
  close(errors_terminal);
  errors_terminal = -1;
  char part[4096];
  ssize_t size;
  lseek(errors_kept, 0, SEEK_SET);
  while ((size = read(errors_kept, part, sizeof part)) > 0) {
    if (write(STDERR_FILENO, part, (size_t)size) != size) break;
  }
  if (ftruncate(errors_kept, 0) == 0) lseek(errors_kept, 0, SEEK_SET);
}

// ---- The guard ----

static atomic_int armed;
static int guarded_terminal = -1, guarded_output = -1, nowhere = -1;
static struct termios guarded_modes;
// Two texts, so that one can be replaced while a handler may read the other.
static char texts[2][4096];
static atomic_size_t sizes[2];
static atomic_int current_text;

void cn_guard_text(const char *restore, size_t size) {
  int next = 1 - atomic_load(&current_text);
  if (size > sizeof texts[next]) size = sizeof texts[next];
  memcpy(texts[next], restore, size);
  atomic_store(&sizes[next], size);
  atomic_store(&current_text, next);
}

// Puts the terminal back, once. Safe in a handler.
static void restore_terminal(void) {
  if (!atomic_exchange(&armed, 0)) return;
  int kept = errno;
  // The drawing thread may be in the middle of a line: what it still writes must not follow our text.
  dup2(nowhere, guarded_output);
  int text = atomic_load(&current_text);
  size_t left = atomic_load(&sizes[text]);
  const char *at = texts[text];
  while (left > 0) {
    ssize_t written = write(guarded_terminal, at, left);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    at += written;
    left -= (size_t)written;
  }
  // From the background, setting modes would stop us here.
  sigset_t ttou, before;
  sigemptyset(&ttou);
  sigaddset(&ttou, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &ttou, &before);
  tcflush(guarded_terminal, TCIFLUSH);
  tcsetattr(guarded_terminal, TCSANOW, &guarded_modes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  cn_show_errors();
  errno = kept;
}

int cn_guard(int terminal, int output, const char *restore, size_t size, const struct termios *modes) {
  static int at_exit;
  if (nowhere < 0) nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return 1;
  if (!at_exit) at_exit = atexit(restore_terminal) == 0;
  guarded_terminal = terminal;
  guarded_output = output;
  guarded_modes = *modes;
  cn_guard_text(restore, size);
  atomic_store(&armed, 1);
  return 0;
}

void cn_unguard(void) { atomic_store(&armed, 0); }

// ---- Signals ----

static const int faults[] = {SIGILL, SIGTRAP, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGSYS};
static const int events[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH};
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static struct sigaction before[NSIG];
static int is_installed[NSIG];
static atomic_int unseen[NSIG];
static atomic_int event_pipe = -1;
// For a fault by a full stack, on the thread that installs.
static char spare_stack[64 * 1024];

static void fall_back(int signal) {
  restore_terminal();
  sigaction(signal, &before[signal], NULL);
  raise(signal);  // blocked while we are here: happens on return
}

static void on_fault(int signal) { fall_back(signal); }

static void on_event(int signal) {
  int ends = signal == SIGTERM || signal == SIGINT || signal == SIGQUIT;
  if (atomic_exchange(&unseen[signal], 1)) {
    if (ends) fall_back(signal);
    return;
  }
  int kept = errno;
  unsigned char number = (unsigned char)signal;
  if (write(atomic_load(&event_pipe), &number, 1) != 1) atomic_store(&unseen[signal], 0);
  errno = kept;
}

void cn_signal_seen(int signal) {
  if (signal > 0 && signal < NSIG) atomic_store(&unseen[signal], 0);
}

static void install(int signal, void (*handler)(int), int flags) {
  struct sigaction action = {0};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, NULL);
  is_installed[signal] = 1;
}

void cn_remember_signals(void) {
  for (size_t i = 0; i < COUNT(events); i++) sigaction(events[i], NULL, &before[events[i]]);
  for (size_t i = 0; i < COUNT(faults); i++) sigaction(faults[i], NULL, &before[faults[i]]);
}

void cn_handle_signals(int pipe) {
  atomic_store(&event_pipe, pipe);
  stack_t stack = {.ss_sp = spare_stack, .ss_size = sizeof spare_stack}, current;
  if (sigaltstack(NULL, &current) == 0 && (current.ss_flags & SS_DISABLE)) sigaltstack(&stack, NULL);
  for (size_t i = 0; i < COUNT(faults); i++) install(faults[i], on_fault, SA_ONSTACK);
  for (size_t i = 0; i < COUNT(events); i++) {
    if (before[events[i]].sa_handler == SIG_IGN && events[i] != SIGCONT && events[i] != SIGWINCH) continue;
    install(events[i], on_event, SA_RESTART);
  }
}

static void release(int signal) {
  if (!is_installed[signal]) return;
  sigaction(signal, &before[signal], NULL);
  is_installed[signal] = 0;
  atomic_store(&unseen[signal], 0);
}

void cn_release_signals(int has_terminal) {
  if (!has_terminal) before[SIGHUP].sa_handler = SIG_IGN;
  for (size_t i = 0; i < COUNT(faults); i++) release(faults[i]);
  for (size_t i = 0; i < COUNT(events); i++) release(events[i]);
}

_Noreturn void cn_die(int signal_number) {
  restore_terminal();
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal_number);
  signal(signal_number, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &only, NULL);
  raise(signal_number);
  _exit(128 + signal_number);
}

void cn_stop(void) {
  struct sigaction ours;
  sigaction(SIGTSTP, NULL, &ours);
  signal(SIGTSTP, SIG_DFL);
  // The whole group, as the terminal would: a wrapper that started us must stop too.
  kill(0, SIGTSTP);
  // It may reach another thread first; a moment for that. While we are stopped, the moment passes too.
  struct timespec moment = {0, 50 * 1000 * 1000};
  nanosleep(&moment, NULL);
  sigaction(SIGTSTP, &ours, NULL);
}

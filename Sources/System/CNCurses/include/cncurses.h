// What Swift cannot take from curses itself: the global screen, attribute macros, stdio streams, setlocale, and signal
// handlers, which must be C. No logic. One thread may call the functions of the first part.
#pragma once
#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif
#include <stddef.h>
#include <stdint.h>
#include <termios.h>
#include <wchar.h>

// ---- The screen ----

// Opens curses on two descriptors, which it owns from now on. 0, or 1 if `term` is not in terminfo.
// `terminfo` is nil or an entry as text ("b64:…"), which ncurses takes from the environment.
int cn_open(const char *term, const char *terminfo, int input, int output);
void cn_close(void);
// Leaves the screen for a while: the terminal is as it was. cn_refresh(1) comes back.
void cn_leave(void);
void cn_resize(int rows, int columns);
// Sends what has changed; everything if `again`.
void cn_refresh(int again);
void cn_cursor(int row, int column, int visible);

// What terminfo knows. `colours` is 0 without colours.
typedef struct {
  int colours, pairs, has_default_colours;
} cn_capabilities;
cn_capabilities cn_what(void);
// A string capability without padding, or nil.
const char *cn_string(const char *name);

// A pair for two colours (-1: the terminal's own), or -1 when there is no room.
int cn_pair(int foreground, int background);
void cn_free_pair(int pair);

enum { cn_bold = 1, cn_dim = 2, cn_italic = 4, cn_underline = 8, cn_reverse = 16 };
// Puts one cell: a spacing character and marks, ended by 0. `attributes` are the bits above.
void cn_put(int row, int column, const wchar_t *text, int attributes, int pair);
void cn_clear(void);

// ---- The locale ----

// Makes characters UTF-8 if the locale says so, or says "C" and C.UTF-8 exists. Returns whether they are, and in
// `name` (at least 64 bytes) the locale that is used.
int cn_use_locale(char *name, size_t size);
// Columns as the C library, and so curses, counts them; -1 if it cannot be shown.
int cn_width(uint32_t scalar);

// ---- Coming and going ----

// From here on, whatever ends the process first writes `restore` to `terminal`, sets its modes to `modes` and sends
// all later output of curses (`output`) to nowhere. Only write, dup2 and tcsetattr are used: safe in a handler.
int cn_guard(int terminal, int output, const char *restore, size_t size, const struct termios *modes);
// Another text for the same: images come and go.
void cn_guard_text(const char *restore, size_t size);
// Everything is back already.
void cn_unguard(void);

// If standard error is a terminal: keeps what is written to it (a library's warning, the last words of a crash) off the
// screen, until cn_show_errors, or the guard, prints it on the terminal that was given back.
void cn_hold_errors(void);
void cn_show_errors(void);

// Before cn_open, which installs handlers of its own: what signals do now is what they do again in the end.
void cn_remember_signals(void);
// After cn_open. Installs handlers: faults (ILL, TRAP, SEGV, ABRT, BUS, FPE, SYS) put the terminal back and then do what they did;
// TERM, INT, QUIT, HUP, TSTP, CONT, WINCH write their number to `pipe`. TERM, INT or QUIT again before
// cn_signal_seen: not waited for any longer. What was ignored (nohup) stays ignored.
void cn_handle_signals(int pipe);
void cn_signal_seen(int signal);
// Signals do again what they did before. Without a terminal SIGHUP is ignored instead: the shell and the kernel both
// send one, and the second must not end what goes on after the first.
void cn_release_signals(int has_terminal);
// Ends as the signal would have: with its exit status.
_Noreturn void cn_die(int signal);
// Stops the process group as Ctrl-Z does; returns when it continues (or could not stop).
void cn_stop(void);

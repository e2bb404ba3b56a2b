#define _GNU_SOURCE 1
#define NCURSES_WIDECHAR 1
#include "cncurses.h"
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// From <term.h>, whose macros are named like half of our variables.
extern char *tigetstr(const char *name);

static SCREEN *screen;
static FILE *in, *out;
static int has_default_colours;

static void close_streams(void) {
  if (in) fclose(in);
  if (out) fclose(out);
  in = out = NULL;
}

// ncurses takes a whole entry in TERMINFO; children must not see it.
static SCREEN *open_with_terminfo(const char *term, const char *terminfo) {
  const char *current = getenv("TERMINFO");
  char *before = current ? strdup(current) : NULL;
  if (terminfo) setenv("TERMINFO", terminfo, 1);
  SCREEN *opened = newterm(term, out, in);
  if (terminfo) {
    if (before) setenv("TERMINFO", before, 1);
    else unsetenv("TERMINFO");
  }
  free(before);
  return opened;
}

int cn_open(const char *term, const char *terminfo, int input, int output) {
  in = fdopen(input, "r");
  out = fdopen(output, "w");
  if (in && out) screen = open_with_terminfo(term, terminfo);
  if (!screen) {
    close_streams();
    return 1;
  }
  raw();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  typeahead(-1);  // or curses drops half a screen when a key is struck
  leaveok(stdscr, FALSE);
  scrollok(stdscr, FALSE);
  has_default_colours = has_colors() && start_color() == OK && use_default_colors() == OK;
  wrefresh(stdscr);
  return 0;
}

void cn_leave(void) {
  if (!isendwin()) endwin();
}

void cn_close(void) {
  if (!screen) return;
  cn_leave();
  delscreen(screen);
  screen = NULL;
  close_streams();
}

void cn_resize(int rows, int columns) { resizeterm(rows, columns); }
void cn_clear(void) { werase(stdscr); }

void cn_refresh(int again) {
  if (again) clearok(curscr, TRUE);
  wrefresh(stdscr);
}

void cn_cursor(int row, int column, int visible) {
  curs_set(visible);
  wmove(stdscr, row, column);
}

cn_capabilities cn_what(void) {
  cn_capabilities all = {has_colors() ? COLORS : 0, has_colors() ? COLOR_PAIRS : 0, has_default_colours};
  return all;
}

const char *cn_string(const char *name) {
  const char *text = tigetstr(name);
  return text == (const char *)-1 ? NULL : text;
}

int cn_pair(int foreground, int background) { return alloc_pair(foreground, background); }
void cn_free_pair(int pair) { free_pair(pair); }

void cn_put(int row, int column, const wchar_t *text, int attributes, int pair) {
  attr_t bits = A_NORMAL;
  if (attributes & cn_bold) bits |= A_BOLD;
  if (attributes & cn_dim) bits |= A_DIM;
  if (attributes & cn_italic) bits |= A_ITALIC;
  if (attributes & cn_underline) bits |= A_UNDERLINE;
  if (attributes & cn_reverse) bits |= A_REVERSE;
  cchar_t cell;
  // The pair is an int, handed over in the last argument: a short has too few.
  if (setcchar(&cell, text, bits, 0, &pair) == OK) mvwadd_wchnstr(stdscr, row, column, &cell, 1);
}

static int is_utf8(void) { return strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

int cn_use_locale(char *name, size_t size) {
  const char *got = setlocale(LC_CTYPE, "");
  // A locale that is missing or says nothing about characters: take the one that every modern system has.
  if (!got || !strcmp(got, "C") || !strcmp(got, "POSIX")) {
    const char *utf8 = setlocale(LC_CTYPE, "C.UTF-8");
    if (utf8) got = utf8;
  }
  snprintf(name, size, "%s", got ? got : "C");
  return is_utf8();
}

int cn_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }
